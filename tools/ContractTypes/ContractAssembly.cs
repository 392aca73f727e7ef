using System.Reflection;
using System.Runtime.Loader;
using Salon.SocketIO;

namespace Salon.ContractTypes;

/// <summary>
/// Loads an app's assembly with what it depends on. What this tool has itself, the Socket.IO library and the frameworks, is shared: else the
/// app's contracts would derive from another class of the same name.
/// </summary>
internal sealed class ContractAssembly(string path) : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver = new(Require(path));

    public Assembly Load() => LoadFromAssemblyPath(Path.GetFullPath(path));

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name!.StartsWith(typeof(SocketNamespace).Namespace!, StringComparison.Ordinal) || IsShared(assemblyName))
        {
            return null;
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
    }

    private static string Require(string path) =>
        File.Exists(path) ? Path.GetFullPath(path) : throw new FileNotFoundException($"{path} does not exist.");

    private static bool IsShared(AssemblyName name) =>
        name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal);
}
