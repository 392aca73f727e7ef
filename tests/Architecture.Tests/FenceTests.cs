using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Salon.Tests;

namespace Salon.Architecture.Tests;

/// <summary>
/// What docs/architecture.md says of user code and of tasks, held by reading the compiled code and the sources: no task is dropped outside the guard, no
/// failure is swallowed, and those who watch are called through the guard.
/// </summary>
public partial class FenceTests
{
    private static readonly Assembly[] Guarded =
    [
        typeof(EngineIO.EngineServer).Assembly,
        typeof(SocketIO.SocketIOServer).Assembly,
        typeof(SocketIO.Admin.AdminOptions).Assembly,
        typeof(SocketIO.Redis.RedisAdapterOptions).Assembly,
        typeof(Redis.RedisClient).Assembly,
        Assembly.Load("Salon"),
    ];

    // They have a try around everything, on the path of packets.
    private static readonly string[] Trusted = ["EventInbox", "WebSocketWriter"];

    // What fails there is the logger or a listener of the meter: there is nobody left to tell.
    private static readonly string[] MaySwallow = ["Guard.cs", "LoopWatchdog.cs"];

    [Fact]
    public void No_task_is_dropped_outside_the_guard() => Assert.Empty(Guarded
        .SelectMany(static assembly => assembly.GetTypes())
        .Where(static type => Outermost(type).Name != "Guard")
        .SelectMany(FindDropped));

    [Fact]
    public void Only_the_path_of_packets_trusts_a_task_to_look_after_itself() => Assert.Equal(
        Trusted,
        Guarded.SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => Methods(type).SelectMany(Calls).Any(static call => call.Called is { Name: "Trust", DeclaringType.Name: "Guard" }))
            .Select(static type => Outermost(type).Name)
            .Distinct()
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_rule_of_dropped_tasks_bites() => Assert.Equal(
        [
            nameof(Sample.DropsATask),
            nameof(Sample.DropsAValueTask),
            nameof(Sample.DropsWhatFollows),
            nameof(Sample.IsAsyncVoid),
        ],
        FindDropped(typeof(Sample)).Select(static found => found[(found.LastIndexOf('.') + 1)..]).Order(StringComparer.Ordinal));

    [Fact]
    public void No_failure_is_swallowed() => Assert.Empty(Sources()
        .Where(static file => !MaySwallow.Contains(Path.GetFileName(file)))
        .SelectMany(static file => FindSwallowed(File.ReadAllText(file)).Select(found => $"{Path.GetFileName(file)}: {found}")));

    [Theory]
    [InlineData("try { A(); } catch { }", true)]
    [InlineData("try { A(); } catch { B(); }", true)]
    [InlineData("try { A(); } catch (Exception) { B(); }", true)]
    [InlineData("try { A(); } catch (Exception exception) { B(); /* exception */ }", true)]
    [InlineData("try { A(); } catch (IOException) { }", true)]
    [InlineData("try { A(); } catch (Exception e) when (e is IOException or OperationCanceledException) { }", true)]
    [InlineData("try { A(); } catch { if (b) { C(); } throw; }", false)]
    [InlineData("try { A(); } catch (Exception exception) { guard.Fail(\"A\", exception); }", false)]
    [InlineData("try { A(); } catch (IOException) { /* The client is gone. */ }", false)]
    [InlineData("try { A(); } catch (IOException) { return false; }", false)]
    public void The_rule_of_swallowed_failures_bites(string source, bool isSwallowed) => Assert.Equal(isSwallowed, FindSwallowed(source).Any());

    [Fact]
    public void Who_watches_is_called_through_the_guard()
    {
        var sources = Sources().Where(static file => Guarded.Any(assembly => file.Contains($"/{assembly.GetName().Name}/", StringComparison.Ordinal))).Select(File.ReadAllText).ToList();
        var events = Guarded.SelectMany(static assembly => assembly.GetExportedTypes()).SelectMany(static type => type.GetEvents()).Select(static one => one.Name).ToHashSet();

        Assert.Empty(sources.SelectMany(source => FindRaised(source, events)));
    }

    [Fact]
    public void The_rule_of_events_bites() => Assert.Equal(
        ["Closed?.Invoke(", "Joined!("],
        FindRaised("Closed?.Invoke(this); Joined!(1); OnClosed(2); new Joined(3); guard.Raise(nameof(Closed), Closed, this); action?.Invoke();", ["Closed", "Joined"]));

    private static IEnumerable<string> FindDropped(Type type) => Methods(type)
        .Where(static method => Calls(method).Any(static call => call.IsDropped && call.Called is MethodInfo called && IsTask(called)) || IsAsyncVoid(method))
        .Select(method => $"{Outermost(type).Name}.{method.Name}");

    private static bool IsTask(MethodInfo method)
    {
        var result = method.ReturnType;

        // The result of awaiting a choice of tasks is a task that somebody has already.
        return method.Name != nameof(TaskAwaiter.GetResult)
            && (typeof(Task).IsAssignableFrom(result) || result == typeof(ValueTask) || (result.IsGenericType && result.GetGenericTypeDefinition() == typeof(ValueTask<>)));
    }

    private static bool IsAsyncVoid(MethodBase method) =>
        method is MethodInfo { ReturnType: var result } && result == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false);

    /// <summary>What a method calls, and whether it drops the result at once.</summary>
    private static IEnumerable<(MethodBase? Called, bool IsDropped)> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        var typeArguments = method.DeclaringType!.GetGenericArguments();
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];

        for (var i = 0; i < code.Length;)
        {
            var opcode = ReadOpCode(code, ref i);

            if (opcode == OpCodes.Call || opcode == OpCodes.Callvirt)
            {
                var called = method.Module.ResolveMethod(BitConverter.ToInt32(code, i), typeArguments, methodArguments);
                yield return (called, IsDropped: i + 4 < code.Length && code[i + 4] == OpCodes.Pop.Value);
            }

            i += SizeOfOperand(opcode, code, i);
        }
    }

    private static OpCode ReadOpCode(byte[] code, ref int i)
    {
        var value = code[i] == 0xFE ? (short)((0xFE << 8) | code[i + 1]) : code[i];
        i += code[i] == 0xFE ? 2 : 1;
        return OpCodesByValue[value];
    }

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static opcode => opcode.Value);

    private static int SizeOfOperand(OpCode opcode, byte[] code, int at) => opcode.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return [.. type.GetMethods(All), .. type.GetConstructors(All)];
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<string> Sources() => new[] { "src", "apps" }
        .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>
    /// Handlers of failures that hand nothing on: those that catch everything must throw or use what they caught, and those that catch something
    /// must do something about it, or say why not.
    /// </summary>
    private static IEnumerable<string> FindSwallowed(string source)
    {
        foreach (Match match in CatchClause().Matches(source))
        {
            var body = Body(source, match.Index + match.Length);
            var statements = Comment().Replace(body, "");
            var name = match.Groups["name"].Value;
            var isAll = match.Groups["type"].Value is "" or "Exception" && !match.Groups["when"].Success;

            var isHandedOn = isAll
                ? Regex.IsMatch(statements, @"\bthrow\b") || (name.Length > 0 && Regex.IsMatch(statements, $@"\b{name}\b"))
                : body.Trim().Length > 0;

            if (!isHandedOn)
            {
                yield return match.Value.Trim();
            }
        }
    }

    private static string Body(string source, int start)
    {
        var depth = 1;
        var end = start;

        while (depth > 0)
        {
            depth += source[end++] switch
            {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
        }

        return source[start..(end - 1)];
    }

    private static IEnumerable<string> FindRaised(string source, IEnumerable<string> events) =>
        events.SelectMany(name => Regex.Matches(source, $@"\b{name}(\??\.Invoke|!)\(").Select(static match => match.Value)).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\bcatch\b\s*(\(\s*(?<type>[\w.]+)(\s+(?<name>\w+))?\s*\))?\s*(?<when>when\s*\((?>[^()]|(?<open>\()|(?<-open>\)))*(?(open)(?!))\)\s*)?\{")]
    private static partial Regex CatchClause();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    /// <summary>What the rule of dropped tasks must and must not find.</summary>
    private static class Sample
    {
        public static void DropsATask() => _ = WorkAsync();

        public static void DropsAValueTask() => _ = new ValueTask(WorkAsync()).Preserve();

        public static void DropsWhatFollows() => WorkAsync().ContinueWith(static _ => { }, TaskScheduler.Default);

        public static async void IsAsyncVoid() => await WorkAsync();

        public static async Task WaitsForTheFirst() => await Task.WhenAny(WorkAsync(), WorkAsync());

        public static Task HandsItOn() => WorkAsync();

        private static async Task WorkAsync() => await Task.Yield();
    }
}
