using System.Reflection;
using System.Text;
using Salon.SocketIO;

namespace Salon.App.Tests.Fast;

/// <summary>An adapter that keeps what is for the other servers, and is the one inside otherwise. Not sealed, since the proxy derives from it.</summary>
public class AdapterRecorder : DispatchProxy
{
    private IAdapter? _inner;
    private List<string>? _told;

    public static IAdapter Around(IAdapter inner, List<string> told)
    {
        var proxy = Create<IAdapter, AdapterRecorder>();
        ((AdapterRecorder)(object)proxy)._inner = inner;
        ((AdapterRecorder)(object)proxy)._told = told;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(IAdapter.ServerSideEmitAsync))
        {
            _told!.Add(Encoding.UTF8.GetString(((EncodedPacket)args![0]!).Json.Span));
        }

        return targetMethod.Invoke(_inner, args);
    }
}
