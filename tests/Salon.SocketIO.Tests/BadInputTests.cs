using Salon.Tests;

namespace Salon.SocketIO.Tests;

/// <summary>Packets that no client should send. Each ends its own connection, or nothing; after each, a fresh client is served.</summary>
public class BadInputTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Packets() =>
        from transport in new[] { "polling", "websocket" }
        from packet in new[]
        {
            // Attachments that cannot be.
            "450-[\"message\"]", "4511-[\"message\"]", "455999999-[\"message\"]", "45-[\"message\"]", "45-1-[\"message\"]", "451.5-[\"message\"]", "45a-[\"message\"]", "45[\"message\"]",

            // Placeholders that stand for nothing.
            "451-[\"message\",{\"_placeholder\":true,\"num\":1}]", "451-[\"message\",{\"_placeholder\":true,\"num\":-1}]",
            "451-[\"message\",{\"_placeholder\":true,\"num\":\"0\"}]", "451-[\"message\",{\"_placeholder\":true,\"num\":\"splice\"}]",
            "451-[\"message\",{\"_placeholder\":true,\"num\":null}]", "451-[\"message\",{\"_placeholder\":true,\"num\":0.5}]",

            // Names that are none, or are kept.
            "42[{\"toString\":\"foo\"}]", "42[null]", "42[[]]", "42[true]", "42[]", "42[\"connect\"]", "42[\"connect_error\"]", "42[\"disconnect\"]",
            "42[\"disconnecting\"]", "42[\"newListener\"]", "42[\"removeListener\"]", "42[\"\\u0064isconnect\"]",

            // Packets that are none, or that a client does not send.
            "4", "47", "49[\"message\"]", "4abc", "4{}", "42{}", "42\"message\"", "42[\"message\"", "42abc[\"message\"]", "42[\"message\"]]", "43{}", "44{\"message\":\"no\"}",
            "40[]", "40\"token\"", "40{", "41{}", "42/never,[\"message\"]", "43/never,1[]", "41/never,",
            $"42[\"message\",{new string('[', 5000)}{new string(']', 5000)}]",
        }
        select new TheoryDataRow<string, string>(transport, packet);

    [Theory]
    [MemberData(nameof(Packets))]
    public async Task What_cannot_be_closes_the_connection_and_no_other(string transport, string packet)
    {
        await using var server = await SocketServer.StartAsync();
        await using var witness = await server.ConnectAsync("websocket");
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync(packet);

        await client.WaitUntilClosedAsync();
        await witness.SendAsync("421[\"message-with-ack\",\"fine\"]");
        Assert.Equal("431[\"fine\"]", await witness.ReceiveAsync());
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData("polling", "4abc")]
    [InlineData("websocket", "4abc")]
    [InlineData("polling", "42[\"message\"]")]
    [InlineData("websocket", "42[\"message\"]")]
    [InlineData("polling", "431[]")]
    [InlineData("websocket", "431[]")]
    [InlineData("polling", "41")]
    [InlineData("websocket", "41")]
    [InlineData("polling", "451-[\"message\"]\u001ebAQ==")]
    public async Task Who_does_not_join_first_is_closed(string transport, string packets)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.OpenAsync(transport);

        await client.SendAsync(packets);

        await client.WaitUntilClosedAsync();
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task Text_while_attachments_are_due_closes_the_connection(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("451-[\"message\",{\"_placeholder\":true,\"num\":0}]", "42[\"message\"]");

        await client.WaitUntilClosedAsync();
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task Binary_data_that_nothing_announced_closes_the_connection(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendBinaryAsync([1, 2, 3]);

        await client.WaitUntilClosedAsync();
        await server.AssertServesAsync();
    }

    [Theory]
    [EachTransport]
    public async Task An_event_without_a_name_reaches_nobody_and_ends_nothing(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync("42", "421[\"message-with-ack\"]");

        Assert.Equal("431[]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Packets_for_a_namespace_that_was_just_left_are_ignored_and_the_others_live(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("40/custom,");
        await client.ReceiveAsync();

        await client.SendAsync("41/custom,", "42/custom,[\"message\"]", "43/custom,1[]", "41/custom,", "421[\"message-with-ack\",\"alive\"]");

        Assert.Equal("431[\"alive\"]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task Packets_for_a_namespace_that_the_server_just_closed_are_ignored_too(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);
        await client.SendAsync("40/custom,");
        await client.ReceiveAsync();

        server.LastSocket("/custom").Disconnect();
        await client.SendAsync("42/custom,[\"message\"]", "421[\"message-with-ack\",\"alive\"]");

        Assert.Equal("41/custom,", await client.ReceiveAsync());
        Assert.Equal("431[\"alive\"]", await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("polling", "/")]
    [InlineData("websocket", "/")]
    [InlineData("polling", "/custom")]
    [InlineData("websocket", "/custom")]
    public async Task Two_connects_to_one_namespace_make_one_socket(string transport, string name)
    {
        var connections = 0;
        await using var server = await SocketServer.StartAsync(io => io.Of(name).OnConnection(_ => Interlocked.Increment(ref connections)));
        await using var client = await server.OpenAsync(transport);
        var prefix = name == "/" ? "" : name + ",";

        await client.SendAsync($"40{prefix}", $"40{prefix}", $"42{prefix}1[\"message-with-ack\"]");

        Assert.StartsWith($"40{prefix}{{\"sid\":", await client.ReceiveAsync());
        Assert.Equal($"43{prefix}1[]", await client.ReceiveAsync());
        Assert.Single(server.IO.Of(name).Sockets);
        Assert.Equal(1, connections);
    }

    [Theory]
    [EachTransport]
    public async Task Prototypes_and_other_names_of_javascript_are_names_like_any_other(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport, auth: """{"__proto__":{"admin":true}}""");

        await client.SendAsync("421[\"__proto__\"]", "422[\"constructor\"]", "423[\"message-with-ack\",{\"__proto__\":1}]");

        Assert.Equal("433[{\"__proto__\":1}]", await client.ReceiveAsync());
    }

    [Theory]
    [EachTransport]
    public async Task A_flood_of_namespaces_costs_one_answer_each(string transport)
    {
        await using var server = await SocketServer.StartAsync();
        await using var client = await server.ConnectAsync(transport);

        await client.SendAsync([.. Enumerable.Range(0, 1000).Select(i => $"40/random{i},")]);

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal($"44/random{i},{{\"message\":\"Invalid namespace\"}}", await client.ReceiveAsync());
        }

        Assert.Equal(["/", "/custom"], server.IO.Namespaces.Select(space => space.Name).Order());
    }

    [Fact]
    public async Task Ten_thousand_random_packets_leave_a_server_that_serves()
    {
        await using var server = await SocketServer.StartAsync();
        server.Logs.Expect("");
        var random = new Random(20261121);
        var alphabet = "0123456-/,[]{}\"message_placeholder:truenum\\ ".ToCharArray();

        for (var round = 0; round < 200; round++)
        {
            await using var client = await server.OpenAsync("websocket");
            await client.SendAsync("40");

            for (var i = 0; i < 50; i++)
            {
                await client.SendAsync("4" + new string(random.GetItems(alphabet, random.Next(1, 30))));
            }
        }

        await Eventually.Async("nobody is left", () => server.IO.Engine.ClientsCount == 0);
        await server.AssertServesAsync();
    }
}
