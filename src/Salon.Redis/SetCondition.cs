namespace Salon.Redis;

/// <summary>When a value is stored.</summary>
public enum SetCondition
{
    /// <summary>Whatever is there.</summary>
    Always,

    /// <summary>Only if the key does not exist.</summary>
    IfMissing,

    /// <summary>Only if the key exists.</summary>
    IfPresent,
}
