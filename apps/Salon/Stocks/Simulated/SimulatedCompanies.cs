namespace Salon.App.Stocks.Simulated;

/// <summary>The forty companies of the simulation. None of them exists.</summary>
internal static class SimulatedCompanies
{
    private const string Technology = "Technology";
    private const string Energy = "Energy";
    private const string Health = "Health";
    private const string Finance = "Finance";
    private const string Consumer = "Consumer";
    private const string Industry = "Industry";
    private const string Transport = "Transport";
    private const string Materials = "Materials";

    public static IReadOnlyList<SimulatedCompany> All { get; } =
    [
        Make("ACME", "Acme Anvils", Industry, 84.20, 1.0, 1.0, 1.6),
        Make("GLOB", "Globex Optics", Technology, 212.75, 1.2, 1.3, 2.0),
        Make("NIMB", "Nimbus Clouds", Technology, 341.10, 1.4, 1.5, 2.4),
        Make("QBIT", "Qubit Foundry", Technology, 58.95, 2.0, 1.8, 2.2),
        Make("PIXL", "Pixel Meadow", Technology, 127.40, 1.3, 1.3, 1.4),
        Make("LAMB", "Lambda Works", Technology, 96.30, 1.2, 1.2, 1.1),
        Make("SOLR", "Solaris Fields", Energy, 45.60, 1.5, 1.1, 1.7),
        Make("TIDE", "Tidewater Power", Energy, 71.85, 0.8, 0.7, 0.9),
        Make("PETR", "Petrel Oil", Energy, 63.15, 1.1, 0.9, 1.5),
        Make("WIND", "Windrose Turbines", Energy, 38.40, 1.4, 1.0, 1.1),
        Make("VOLT", "Voltaic Grid", Energy, 109.25, 0.9, 0.8, 0.8),
        Make("HELX", "Helix Genomics", Health, 154.80, 1.7, 1.0, 1.3),
        Make("CURA", "Curata Clinics", Health, 88.05, 0.7, 0.6, 0.7),
        Make("PHAR", "Pharos Remedies", Health, 132.60, 0.8, 0.6, 1.0),
        Make("OPTI", "Optima Lenses", Health, 52.35, 0.9, 0.7, 0.6),
        Make("BIOM", "Biomere Labs", Health, 27.90, 2.2, 1.2, 1.4),
        Make("FIDU", "Fidus Bank", Finance, 41.75, 0.9, 1.1, 1.5),
        Make("AEGI", "Aegis Insurance", Finance, 118.95, 0.7, 0.8, 0.9),
        Make("LEDG", "Ledger Exchange", Finance, 203.30, 1.0, 1.2, 1.2),
        Make("MINT", "Mintmark Payments", Finance, 77.45, 1.3, 1.4, 1.6),
        Make("HARB", "Harbour Trust", Finance, 64.20, 0.6, 0.9, 0.6),
        Make("LOAF", "Loaf and Crumb", Consumer, 33.85, 0.6, 0.5, 0.9),
        Make("TEAK", "Teak and Linen", Consumer, 48.10, 0.9, 0.8, 0.7),
        Make("MOKA", "Moka Roasters", Consumer, 92.55, 0.8, 0.7, 1.1),
        Make("TOYS", "Tumble Toys", Consumer, 25.70, 1.4, 1.0, 0.8),
        Make("VELO", "Velo Bicycles", Consumer, 61.30, 1.2, 0.9, 0.9),
        Make("GEAR", "Gearwright Tools", Industry, 143.65, 0.8, 1.0, 0.9),
        Make("ROBO", "Robota Systems", Industry, 188.90, 1.5, 1.4, 1.5),
        Make("CRAN", "Crane and Girder", Industry, 56.25, 0.9, 1.0, 0.7),
        Make("FORG", "Forgefire Steel", Industry, 29.40, 1.3, 1.2, 1.0),
        Make("AERO", "Aerolith Aviation", Transport, 167.15, 1.2, 1.3, 1.4),
        Make("RAIL", "Railway Union", Transport, 81.50, 0.7, 0.8, 0.7),
        Make("SHIP", "Shipwright Lines", Transport, 36.95, 1.1, 1.0, 0.9),
        Make("DRON", "Drone Courier", Transport, 22.60, 2.1, 1.5, 1.7),
        Make("TRAM", "Tramway Cities", Transport, 44.35, 0.6, 0.6, 0.5),
        Make("GRAN", "Granite Quarries", Materials, 58.70, 0.8, 0.9, 0.6),
        Make("LITH", "Lithos Mining", Materials, 73.95, 1.7, 1.2, 1.5),
        Make("PULP", "Pulp and Paper", Materials, 31.20, 0.7, 0.7, 0.5),
        Make("GLAS", "Glasswing Panes", Materials, 49.85, 0.9, 0.8, 0.6),
        Make("RESN", "Resin Chemicals", Materials, 102.40, 1.0, 1.0, 0.8),
    ];

    private static SimulatedCompany Make(string symbol, string name, string sector, double price, double volatility, double beta, double activity) =>
        new(new Listing(symbol, name, sector), (long)Math.Round(price * 100), volatility, beta, activity);
}
