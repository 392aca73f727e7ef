namespace Salon.App.Stocks;

/// <summary>A company whose shares are traded; all of them are invented.</summary>
/// <param name="Symbol">Its short name: 1 to 8 uppercase letters, digits, dots or hyphens.</param>
/// <param name="Name">Its name.</param>
/// <param name="Sector">What it does.</param>
internal sealed record Listing(string Symbol, string Name, string Sector);
