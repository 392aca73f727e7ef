namespace Salon.App.Streaming;

/// <summary>Somebody who follows a feed. Called from any thread; neither method may block or throw.</summary>
internal interface IFeedReader
{
    /// <summary>Something may have come. Several times may be told once.</summary>
    void OnNews();

    /// <summary>Nothing more comes: the app stops.</summary>
    void OnEnd();
}
