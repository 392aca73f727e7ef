namespace Salon.Clients.Tests.Matrix;

/// <summary>What no client alone can show.</summary>
public class ClientTableTests
{
    [Fact]
    public void The_table_has_a_column_for_each_client_and_no_other() => Assert.Equal(ClientMatrix.Clients, ClientTable.Read().Clients);
}
