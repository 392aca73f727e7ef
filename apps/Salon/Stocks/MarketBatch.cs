using Salon.App.Streaming;

namespace Salon.App.Stocks;

/// <summary>A step of the market, and the events that tell of it.</summary>
internal sealed record MarketBatch(MarketStep Step, IReadOnlyList<NewEvent> Events);
