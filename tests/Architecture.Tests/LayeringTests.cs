using System.Reflection;

namespace Salon.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md: who may know whom.</summary>
public class LayeringTests
{
    private static readonly Assembly EngineProtocol = typeof(EngineIO.Protocol.EnginePacket).Assembly;
    private static readonly Assembly Engine = typeof(EngineIO.EngineServer).Assembly;
    private static readonly Assembly SocketProtocol = typeof(SocketIO.Protocol.Packet).Assembly;
    private static readonly Assembly Socket = typeof(SocketIO.SocketIOServer).Assembly;
    private static readonly Assembly MessagePack = typeof(SocketIO.MessagePack.MessagePackParser).Assembly;
    private static readonly Assembly Admin = typeof(SocketIO.Admin.AdminOptions).Assembly;
    private static readonly Assembly SocketRedis = typeof(SocketIO.Redis.RedisAdapterOptions).Assembly;
    private static readonly Assembly Redis = typeof(Redis.RedisClient).Assembly;

    [Fact]
    public void The_wire_formats_know_neither_each_other_nor_a_web_server()
    {
        foreach (var assembly in new[] { EngineProtocol, SocketProtocol })
        {
            Assert.DoesNotContain(
                References(assembly),
                static name => name.StartsWith("Salon.", StringComparison.Ordinal)
                    || name.StartsWith("Microsoft.", StringComparison.Ordinal)
                    || name.StartsWith("System.Net", StringComparison.Ordinal)
                    || name.StartsWith("System.Threading.Tasks", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_Engine_IO_server_knows_its_wire_format_and_nothing_of_Socket_IO() =>
        Assert.Equal(["Salon.EngineIO.Protocol"], SalonReferences(Engine));

    [Fact]
    public void The_Socket_IO_server_knows_Engine_IO_and_its_own_wire_format() =>
        Assert.Equal(["Salon.EngineIO", "Salon.SocketIO.Protocol"], SalonReferences(Socket));

    [Fact]
    public void MessagePack_knows_nothing_but_the_packets() =>
        Assert.Equal(["Salon.SocketIO.Protocol"], SalonReferences(MessagePack));

    [Fact]
    public void The_admin_UI_is_built_on_the_Socket_IO_server() =>
        Assert.Equal(["Salon.EngineIO", "Salon.SocketIO", "Salon.SocketIO.Protocol"], SalonReferences(Admin));

    [Fact]
    public void Redis_knows_nothing_but_the_platform_and_the_abstractions_of_logging() => Assert.DoesNotContain(
        References(Redis),
        static name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "Microsoft.Extensions.Logging.Abstractions");

    [Fact]
    public void The_Redis_adapters_join_the_Socket_IO_server_and_the_Redis_client() =>
        Assert.Equal(["Salon.EngineIO", "Salon.Redis", "Salon.SocketIO", "Salon.SocketIO.MessagePack", "Salon.SocketIO.Protocol"], SalonReferences(SocketRedis));

    [Fact]
    public void No_library_opens_its_inside_to_another_but_to_its_tests_benchmarks_and_the_fuzzer() =>
        Assert.All(new[] { EngineProtocol, Engine, SocketProtocol, Socket, MessagePack, Admin, Redis, SocketRedis }, static assembly => Assert.Equal(
            new[] { "Salon.Benchmarks.Micro", "Salon.Fuzz", $"{assembly.GetName().Name}.Tests" }.Order(StringComparer.Ordinal),
            assembly.GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>().Select(static friend => friend.AssemblyName).Order(StringComparer.Ordinal)));

    [Fact]
    public void Nothing_static_can_be_changed()
    {
        // What belongs to the thread is changed by design, and compilers keep their caches in fields of their own.
        var changeable = new[] { EngineProtocol, Engine, SocketProtocol, Socket, MessagePack, Admin, Redis, SocketRedis }
            .SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => !type.Name.Contains('<') && type.FullName!.StartsWith("Salon.", StringComparison.Ordinal))
            .SelectMany(static type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(static field => field is { IsInitOnly: false, IsLiteral: false } && !field.Name.Contains('<'))
            .Where(static field => field.GetCustomAttribute<ThreadStaticAttribute>() is null)
            .Where(static field => !IsGenerated(field.DeclaringType!))
            .Select(static field => $"{field.DeclaringType}.{field.Name}");

        Assert.Empty(changeable);
    }

    private static bool IsGenerated(Type type) =>
        type.GetCustomAttribute<System.CodeDom.Compiler.GeneratedCodeAttribute>() is not null
        || (type.BaseType?.Name == "JsonSerializerContext");

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(static name => name.Name!);

    private static IEnumerable<string> SalonReferences(Assembly assembly) =>
        References(assembly).Where(static name => name.StartsWith("Salon.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
