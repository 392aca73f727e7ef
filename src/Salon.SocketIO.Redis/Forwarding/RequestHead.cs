namespace Salon.SocketIO.Redis.Forwarding;

/// <summary>What stands before the headers of a request, and who sends it: an address that is empty when it is not known.</summary>
internal sealed record RequestHead(string Method, string Scheme, string Host, string Path, string QueryString, string RemoteAddress);
