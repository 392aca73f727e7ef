namespace Salon.App.Stocks.Simulated;

/// <summary>How a company's shares behave.</summary>
/// <param name="Listing">The company.</param>
/// <param name="BasePrice">The price in cents that it is never far from for long.</param>
/// <param name="Volatility">How much it moves by itself, compared with others.</param>
/// <param name="Beta">How much it moves with the market.</param>
/// <param name="Activity">How often it is traded, compared with others.</param>
internal sealed record SimulatedCompany(Listing Listing, long BasePrice, double Volatility, double Beta, double Activity);
