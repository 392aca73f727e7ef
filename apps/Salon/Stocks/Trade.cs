namespace Salon.App.Stocks;

/// <summary>Shares that changed hands.</summary>
/// <param name="Listing">Whose, as a place in the <see cref="Listings"/>.</param>
/// <param name="Price">The price of one, in cents.</param>
/// <param name="Size">How many.</param>
/// <param name="Time">When, in Unix milliseconds.</param>
internal readonly record struct Trade(int Listing, long Price, long Size, long Time);
