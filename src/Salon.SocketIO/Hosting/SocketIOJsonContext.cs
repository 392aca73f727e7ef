using System.Text.Json.Serialization;
using Salon.SocketIO.Connections;

namespace Salon.SocketIO.Hosting;

/// <summary>The library's own messages, readable without reflection whatever the app's resolver knows.</summary>
[JsonSerializable(typeof(ConnectReply))]
[JsonSerializable(typeof(ConnectErrorReply))]
[JsonSerializable(typeof(AckError))]
[JsonSerializable(typeof(RateLimitedReply))]
[JsonSerializable(typeof(RefusalReply))]
internal sealed partial class SocketIOJsonContext : JsonSerializerContext;
