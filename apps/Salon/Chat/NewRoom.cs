namespace Salon.App.Chat;

/// <summary>A room that is to be founded if there is none of its name.</summary>
internal sealed record NewRoom(string Name, string Founder, DateTimeOffset Time)
{
    public string Key { get; } = ChatRoom.ToKey(Name);
}
