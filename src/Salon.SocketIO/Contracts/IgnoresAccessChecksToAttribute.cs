// The runtime knows the attribute by this name, and leaves its declaration to whoever needs it.
namespace System.Runtime.CompilerServices;

/// <summary>Lets an assembly that is made at run time use what another has not made public.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
