using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Salon.Redis.Protocol;

namespace Salon.Redis.Connections;

/// <summary>Makes connections: name resolution, TCP, TLS, handshake. Thread-safe.</summary>
internal sealed class ConnectionOpener(RedisOptions options, TimeProvider time)
{
    private readonly RespLimits _limits = new(options.MaxReplyBytes);

    /// <summary>Opens a connection within <see cref="RedisOptions.ConnectTimeout"/>. Names are resolved each time.</summary>
    /// <exception cref="ConnectFailedException">It cannot be had.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<OpenConnection> OpenAsync(DnsEndPoint endPoint, Credentials credentials, bool mustBeMaster, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var name = $"{endPoint.Host}:{endPoint.Port}";

        try
        {
            return await ConnectAsync(endPoint, new Handshake(credentials, options.ClientName, mustBeMaster), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectFailedException(ConnectFailure.Unreachable, $"{name}: no answer within {options.ConnectTimeout.TotalSeconds:0.#} s");
        }
        catch (ConnectFailedException exception)
        {
            throw new ConnectFailedException(exception.Failure, $"{name}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            throw new ConnectFailedException(ConnectFailure.Unreachable, $"{name}: {exception.GetBaseException().Message}", exception);
        }
    }

    private async Task<OpenConnection> ConnectAsync(DnsEndPoint endPoint, Handshake handshake, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(endPoint, cancellationToken);
            var stream = await SecureAsync(new NetworkStream(socket), endPoint.Host, cancellationToken);
            var replies = new ReplyStream(stream, _limits);
            await handshake.RunAsync(stream, replies, cancellationToken);
            return new OpenConnection(endPoint, socket, stream, replies);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream, string host, CancellationToken cancellationToken)
    {
        if (!options.UseTls)
        {
            return stream;
        }

        var secured = new SslStream(stream);
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                ClientCertificates = options.ClientCertificates,
                RemoteCertificateValidationCallback = options.CertificateValidation,
            },
            cancellationToken);
        return secured;
    }

    // Where no ping can be sent, because the connection waits for a blocking command, the system finds out that the server is gone.
    private void KeepAlive(Socket socket)
    {
        var seconds = (int)Math.Max(1, options.HeartbeatInterval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, seconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
