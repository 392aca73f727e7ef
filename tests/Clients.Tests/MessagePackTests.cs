using System.Buffers;
using System.Diagnostics;
using System.Text;
using Salon.SocketIO.MessagePack;
using Salon.SocketIO.Protocol;
using Salon.Tests;

namespace Salon.Clients.Tests;

/// <summary>Our MessagePack beside that of the official parser, byte for byte.</summary>
public class MessagePackTests
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "\"\"", "\"é€😀\"",
        "0", "1", "127", "128", "255", "256", "65535", "65536", "4294967295", "4294967296", "9007199254740991",
        "-1", "-32", "-33", "-128", "-129", "-32768", "-32769", "-2147483648", "-2147483649", "-9007199254740991",
        // Not 1e300: whole numbers over 2^64 lose their value there.
        "1.5", "-0.1", "1.0", "100e-2", "5e-324",
        "[]", "{}", "[[],{}]", "{\"a\":1,\"b\":[null]}",
        $"\"{new string('x', 31)}\"", $"\"{new string('x', 32)}\"", $"\"{new string('x', 255)}\"", $"\"{new string('x', 256)}\"", $"\"{new string('x', 70_000)}\"",
        $"[{string.Join(',', Enumerable.Repeat("1", 15))}]", $"[{string.Join(',', Enumerable.Repeat("1", 16))}]", $"[{string.Join(',', Enumerable.Repeat("1", 70_000))}]",
        $"{{{string.Join(',', Enumerable.Range(0, 16).Select(i => $"\"k{i}\":{i}"))}}}", $"{{{string.Join(',', Enumerable.Range(0, 70_000).Select(i => $"\"k{i}\":{i}"))}}}",
    ];

    [Fact]
    public async Task Packets_are_encoded_as_the_official_parser_encodes_them()
    {
        var (lines, ours) = (new List<string>(), new List<string>());

        foreach (var value in Values)
        {
            Add(new PacketHeader(PacketType.Event, "/"), $"[\"event\",{value}]", []);
        }

        foreach (var size in new[] { 0, 1, 255, 256, 65_535, 65_536 })
        {
            Add(new PacketHeader(PacketType.Event, "/chat", 7, 1), "[\"event\",{\"_placeholder\":true,\"num\":0}]", new byte[size]);
        }

        Add(new PacketHeader(PacketType.Ack, "/é", 5, 1), "[\"ok\",[{\"_placeholder\":true,\"num\":0}]]", [7]);
        Add(new PacketHeader(PacketType.Connect, "/"), "{\"sid\":\"abc\"}", []);
        Add(new PacketHeader(PacketType.Disconnect, "/"), "", []);
        Add(new PacketHeader(PacketType.ConnectError, "/admin"), "{\"message\":\"no\"}", []);

        Assert.Equal(await EncodeInNodeAsync(lines), ours);

        void Add(PacketHeader header, string json, byte[] attachment)
        {
            var data = json.Replace("{\"_placeholder\":true,\"num\":0}", $"{{\"$bin\":\"{Convert.ToHexStringLower(attachment)}\"}}", StringComparison.Ordinal);
            var fields = new[]
            {
                header is { Type: PacketType.Ack, Id: { } first } ? $"\"id\":{first}" : "",
                $"\"type\":{(int)header.Type}",
                json.Length == 0 ? "" : $"\"data\":{data}",
                header is { Type: not PacketType.Ack, Id: { } last } ? $"\"id\":{last}" : "",
                $"\"nsp\":\"{header.Namespace}\"",
            };
            var output = new ArrayBufferWriter<byte>();

            MessagePackParser.Instance.Encode(header, Encoding.UTF8.GetBytes(json), header.Attachments > 0 ? [attachment] : [], output);
            lines.Add($"{{{string.Join(',', fields.Where(field => field.Length > 0))}}}");
            ours.Add(Convert.ToHexStringLower(output.WrittenSpan));
        }
    }

    private static async Task<string[]> EncodeInNodeAsync(List<string> lines)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["msgpack.mjs"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(Repository.Root, "tests/Clients.Tests/javascript"),
        })!;
        var output = node.StandardOutput.ReadToEndAsync();

        await using (var input = new StreamWriter(node.StandardInput.BaseStream, new UTF8Encoding(false)))
        {
            await input.WriteAsync(string.Join('\n', lines));
        }

        await node.WaitForExitAsync();
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
