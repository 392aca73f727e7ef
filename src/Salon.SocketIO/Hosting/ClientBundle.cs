using System.Collections.Frozen;

namespace Salon.SocketIO.Hosting;

/// <summary>The files of the official JavaScript client: the eight that the reference serves, and no other.</summary>
internal static class ClientBundle
{
    private static readonly FrozenDictionary<string, ClientFile> Files = new[]
    {
        "socket.io.js",
        "socket.io.js.map",
        "socket.io.min.js",
        "socket.io.min.js.map",
        "socket.io.msgpack.min.js",
        "socket.io.msgpack.min.js.map",
        "socket.io.esm.min.js",
        "socket.io.esm.min.js.map",
    }.ToFrozenDictionary(static name => name, static name => new ClientFile(name), StringComparer.Ordinal);

    public static ClientFile? Find(string name) => Files.GetValueOrDefault(name);
}
