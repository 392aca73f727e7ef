using System.Net;
using System.Net.Sockets;
using System.Text;
using Salon.App.Lab;
using Salon.App.Lab.Processor;
using Salon.Tests;

namespace Salon.App.Tests;

/// <summary>The lab's own clients, and a server that says something else than they expect: it must not end the process that they are in.</summary>
public class VirtualClientsTests
{
    [Theory]
    [InlineData("socketio-polling", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("socketio-polling", "HTTP/1.1 404 Not Found\r\nContent-Length: 14\r\n\r\n{\"status\":404}")]
    [InlineData("long-polling", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"cursor\":\"")]
    [InlineData("polling", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")]
    public async Task What_they_cannot_read_ends_them_with_a_reason(string technique, string answer)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var clients = VirtualClients.Start(AddressOf(server), "run", LabTechniques.All.Single(each => each.ToName() == technique), 1);
        using var connection = await server.AcceptTcpClientAsync();

        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));

        await Assert.ThrowsAnyAsync<Exception>(() => clients.Connected.Soon());
        Assert.NotNull(clients.Failure);
    }

    [Fact]
    public async Task A_server_that_hangs_up_later_is_told_of()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var clients = VirtualClients.Start(AddressOf(server), "run", LabTechnique.EventStream, 1);

        using (var connection = await server.AcceptTcpClientAsync())
        {
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\n\r\ndata: {\"seq\":1}\n\n"u8.ToArray());
            await clients.Connected.Soon();
        }

        await Eventually.Async("the end is noticed", () => clients.Failure is IOException or SocketException);
    }

    private static Uri AddressOf(TcpListener server) => new($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}");
}
