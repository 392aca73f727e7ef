using Salon.Tests;

namespace Salon.Clients.Tests.Matrix;

/// <summary>
/// PHP, with a client of our own that sends what <c>elephant.io</c> sends: no registry that this repository restores from has that package.
/// </summary>
public class PhpMatrixTests
{
    /// <summary>Its column of the table.</summary>
    public const string Client = "PHP, as elephant.io 5.1";

    [Fact]
    public Task A_client_does_what_the_table_says()
    {
        ExternalProgram.Require("/usr/bin/php", "apt-get install php-cli");
        return ClientMatrix.CheckAsync(Client, "/usr/bin/php", ["php/matrix.php"]);
    }
}
