// Writes the TypeScript types of the contracts in an assembly, for Socket<ListenEvents, EmitEvents> of socket.io-client.
using System.Reflection;
using Salon.ContractTypes;
using Salon.SocketIO;

if (args.Length is not (1 or 2))
{
    Console.Error.WriteLine("usage: ContractTypes <assembly.dll> [types.ts]");
    return 2;
}

try
{
    var assembly = new ContractAssembly(args[0]).Load();
    var contracts = assembly.GetTypes()
        .Where(static type => type.IsSubclassOf(typeof(SocketNamespace)) && !type.IsAbstract && !type.ContainsGenericParameters)
        .OrderBy(static type => type.FullName, StringComparer.Ordinal)
        .Select(SocketContract.Describe)
        .ToList();

    if (contracts.Count == 0)
    {
        Console.Error.WriteLine($"{args[0]} has no class that derives from {nameof(SocketNamespace)}.");
        return 1;
    }

    var types = ContractWriter.Write(contracts);

    if (args.Length == 2)
    {
        File.WriteAllText(args[1], types);
    }
    else
    {
        Console.Write(types);
    }

    return 0;
}
catch (Exception exception) when (exception is ArgumentException or NotSupportedException or IOException or BadImageFormatException or ReflectionTypeLoadException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
