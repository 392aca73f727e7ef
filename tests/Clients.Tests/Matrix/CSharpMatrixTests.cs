namespace Salon.Clients.Tests.Matrix;

/// <summary><c>SocketIOClient</c>.</summary>
public class CSharpMatrixTests
{
    /// <summary>Its column of the table.</summary>
    public const string Client = "C# SocketIOClient 3.0.6";

    [Fact]
    public Task A_client_does_what_the_table_says() => ClientMatrix.CheckAsync(Client, async server =>
    {
        var results = new List<ClientResult>();

        foreach (var transport in ClientResult.Transports)
        {
            results.AddRange(await new CSharpChecks(new Uri(server), transport).RunAsync());
        }

        return results;
    });
}
