using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Salon.Collections;
using Salon.EngineIO.Diagnostics;
using Salon.EngineIO.EventLoops;
using Salon.EngineIO.Fairness;
using Salon.EngineIO.Requests;
using Salon.EngineIO.Sessions;
using Salon.Http;
using Salon.Supervision;
using Salon.Timing;

namespace Salon.EngineIO;

/// <summary>
/// All sessions of one endpoint, and the time they live by. A session enters by its handshake and leaves by
/// <see cref="EngineSession.Close"/>, no other way. Thread-safe.
/// </summary>
public sealed partial class EngineServer : IDisposable
{
    private readonly ConcurrentDictionary<string, EngineSession> _sessions = new(StringComparer.Ordinal);
    private readonly Func<EngineSession, IEngineHandler> _createHandler;
    private readonly AddressCounts _places;
    private readonly CopyOnWriteList<Func<HttpContext, RequestDelegate, Task>> _middleware = new();
    private readonly EngineEndpoint _endpoint;
    private readonly TimeProvider _timeProvider;
    private readonly SlowClientLog _slowClients;
    private readonly CancellationTokenRegistration _stopping;
    private volatile bool _isClosed;

    /// <summary>Creates a server without an endpoint: its owner maps <see cref="HandleAsync"/> itself.</summary>
    /// <param name="options">How sessions are opened, kept alive and bounded.</param>
    /// <param name="createHandler">Creates the receiver of a session's messages.</param>
    /// <param name="services">
    /// Where the server finds, if they are registered, <see cref="TimeProvider"/>, <see cref="ILoggerFactory"/>,
    /// <see cref="System.Diagnostics.Metrics.IMeterFactory"/> and <see cref="IHostApplicationLifetime"/>, with which it stops.
    /// </param>
    /// <param name="forwarder">
    /// Reaches the sessions of other servers, for proxies that send the requests of one session to any of them. Without one, a session that is not known
    /// here is unknown. It may serve one server only.
    /// </param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is wrong; the message names each.</exception>
    public EngineServer(
        EngineIOOptions options,
        Func<EngineSession, IEngineHandler> createHandler,
        IServiceProvider services,
        IRequestForwarder? forwarder = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(createHandler);
        ArgumentNullException.ThrowIfNull(services);
        EngineIOOptionsValidator.ThrowIfInvalid(options);

        Warmup.Run();
        options = options.Freeze();
        (Options, Forwarder) = (options, forwarder);
        _createHandler = createHandler;
        _places = new AddressCounts(options.MaxConnectionsPerAddress, options.MaxConnections);
        Bodies = CreateBodies(options);
        _timeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        Logger = SafeLogger.Create(services.GetService<ILoggerFactory>(), typeof(EngineServer).FullName!);
        Metrics = new EngineIOMetrics(services);
        Guard = new Guard(Logger, Metrics.Failures);
        Deadlines = new DeadlineScheduler(_timeProvider, Guard);
        _slowClients = new SlowClientLog(Logger, Deadlines, options.MaxSendQueueBytes);
        Lateness = new Lateness(_timeProvider);
        Turns = new FairTurns(Deadlines, _timeProvider, Lateness.Look, _places.Count, Metrics, Logger);

        if (!options.FairTurns)
        {
            Turns.End();
        }

        _endpoint = new EngineEndpoint(this, services);
        _stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(Close) ?? default;
        forwarder?.Start(_endpoint.ServeForwardedAsync);
    }

    /// <summary>How many sessions are open.</summary>
    public int ClientsCount => CountClients(EngineTransport.Polling | EngineTransport.WebSocket);

    /// <summary>
    /// Whether there is more to do than can be done at once, so that the addresses that send most are read more slowly than they send. What could
    /// as well be left out, such as who is typing, can be left out meanwhile.
    /// </summary>
    public bool IsBusy => Turns.IsCounting;

    /// <summary>A session was opened; its handler has not been created yet.</summary>
    public event Action<EngineSession>? Connection;

    /// <summary>A request was refused: the client used another protocol, does not belong here, or is broken.</summary>
    public event Action<ConnectionError>? ConnectionError;

    /// <summary>The first response of a session is about to be sent; its headers can still be changed.</summary>
    public event Action<HttpContext>? InitialHeaders;

    /// <summary>A response to a session's request is about to be sent, the upgrade to WebSocket among them; its headers can still be changed.</summary>
    public event Action<HttpContext>? Headers;

    internal EngineIOOptions Options { get; }

    /// <summary>Reaches the sessions of other servers.</summary>
    internal IRequestForwarder? Forwarder { get; }

    internal DeadlineScheduler Deadlines { get; }

    internal EngineIOMetrics Metrics { get; }

    /// <summary>How many bytes of large bodies are being read.</summary>
    internal AddressCounts Bodies { get; }

    /// <summary>How late things are.</summary>
    internal Lateness Lateness { get; }

    /// <summary>Whose turn it is when there is more to do than can be done at once.</summary>
    internal FairTurns Turns { get; }

    internal ILogger Logger { get; }

    /// <summary>Calls what the application gave: handlers, hooks, those who watch.</summary>
    internal Guard Guard { get; }

    internal bool IsClosed => _isClosed;

    /// <summary>How many sessions are open on a transport.</summary>
    public int CountClients(EngineTransport transport) => Metrics.Count(transport);

    /// <summary>Serves a request of a client: a handshake, a poll, a POST or a WebSocket. Completes when it is answered or the WebSocket ended.</summary>
    public Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        return _middleware.Items.Length == 0 ? _endpoint.HandleAsync(context) : RunAsync(context, step: 0);
    }

    /// <summary>
    /// Runs something before every request of every session, in the order of registration. It answers the request itself, or calls the
    /// next one. (What is for the whole app belongs into the app's own pipeline.)
    /// </summary>
    /// <example><code>
    /// io.Engine.Use((context, next) => { context.Response.Headers["X-Node"] = "a"; return next(context); });
    /// </code></example>
    public void Use(Func<HttpContext, RequestDelegate, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);

        _middleware.Add(middleware);
    }

    /// <summary>
    /// Watches a queue of the app, too: as long as what comes has to wait there, there is more to do than can be done at once
    /// (<see cref="EngineIOOptions.FairTurns"/>).
    /// </summary>
    /// <param name="look">Says how long what comes now has to wait, or the last has waited. Called about twenty times a second while something comes.</param>
    public void WatchLateness(Func<TimeSpan> look)
    {
        ArgumentNullException.ThrowIfNull(look);

        Lateness.Watch(() => Guard.Ask(nameof(WatchLateness), look, static look => look(), otherwise: TimeSpan.Zero));
    }

    /// <summary>
    /// Lets a request for something else of the app wait until it is its address's turn, as requests of sessions do. As long as nothing is late, it goes on
    /// at once.
    /// </summary>
    /// <returns>
    /// <see langword="false"/> when so many of the address wait already that it is to come back later, which is to be answered with 503 and
    /// <c>Retry-After</c>, or nobody is there any more.
    /// </returns>
    public ValueTask<bool> WaitForTurnAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        if (Turns.IsCrowded(context.Connection.RemoteIpAddress))
        {
            return new ValueTask<bool>(false);
        }

        var turn = Turns.TakeAsync(context.Connection.RemoteIpAddress, FairTurns.HandshakeCost);
        return turn.IsCompleted ? new ValueTask<bool>(!context.RequestAborted.IsCancellationRequested) : WaitAsync(turn.AsTask(), context.RequestAborted);

        static async ValueTask<bool> WaitAsync(Task turn, CancellationToken aborted)
        {
            await turn.WaitAsync(aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return !aborted.IsCancellationRequested;
        }
    }

    /// <summary>Adds the headers of <see cref="EngineIOOptions.Cors"/> to a response that is not the server's own, but belongs to it.</summary>
    /// <returns>Whether the request was a preflight, which is answered now.</returns>
    public bool ApplyCors(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        return _endpoint.ApplyCors(context);
    }

    /// <summary>
    /// Ends all sessions with <see cref="CloseReason.ServerShuttingDown"/> and refuses new ones with 503. Called when the app stops;
    /// calling it again does no harm.
    /// </summary>
    public void Close()
    {
        _isClosed = true;
        Turns.End();

        foreach (var session in _sessions.Values)
        {
            session.Close(CloseReason.ServerShuttingDown);
        }
    }

    /// <summary>Closes the server and stops its clock.</summary>
    public void Dispose()
    {
        Close();
        _stopping.Dispose();
        Deadlines.Dispose();
    }

    internal void OnUpgraded() => Metrics.OnUpgraded();

    internal void OnRefused(HttpContext context, EngineErrorCode code, string message)
    {
        Metrics.OnRefused(code);
        Guard.Raise(nameof(ConnectionError), ConnectionError, new ConnectionError(context, code, message));
    }

    internal void OnHeaders(HttpContext context, bool isFirst)
    {
        if (isFirst)
        {
            Guard.Raise(nameof(InitialHeaders), InitialHeaders, context);
        }

        Guard.Raise(nameof(Headers), Headers, context);
    }

    private static AddressCounts CreateBodies(EngineIOOptions options)
    {
        // A block is up to twice as large as what is in it.
        var largest = (int)Math.Min(int.MaxValue, 4L * options.MaxHttpBufferSize);
        return new AddressCounts(Math.Max(options.MaxBodyBytes / 4, largest), Math.Max(options.MaxBodyBytes, largest));
    }

    private Task RunAsync(HttpContext context, int step)
    {
        var middleware = _middleware.Items;
        return step == middleware.Length ? _endpoint.HandleAsync(context) : middleware[step](context, next => RunAsync(next, step + 1));
    }
}
