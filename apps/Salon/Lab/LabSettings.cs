namespace Salon.App.Lab;

/// <summary>How a run is set.</summary>
/// <param name="Rate">How many messages a second.</param>
/// <param name="Payload">How many characters each message carries beside its number and its time.</param>
/// <param name="Delay">How many milliseconds everything takes in either direction, on top of what it takes anyway.</param>
/// <param name="Loss">How many of a thousand messages break the connection that they would have come over.</param>
internal sealed record LabSettings(int Rate = 20, int Payload = 64, int Delay = 0, int Loss = 0)
{
    /// <summary>Applies what a client wants changed.</summary>
    /// <exception cref="LabException">A value is out of its bounds.</exception>
    public LabSettings With(LabSettingsRequest request)
    {
        var changed = new LabSettings(
            Check("rate", request.Rate ?? Rate, LabLimits.MinRate, LabLimits.MaxRate),
            Check("payload", request.Payload ?? Payload, 0, LabLimits.MaxPayload),
            Check("delay", request.Delay ?? Delay, 0, LabLimits.MaxDelay),
            Check("loss", request.Loss ?? Loss, 0, LabLimits.MaxLoss));

        return (long)changed.Rate * changed.Payload <= LabLimits.MaxBytesPerSecond
            ? changed
            : throw LabException.Invalid("payload", $"rate × payload may be at most {LabLimits.MaxBytesPerSecond} bytes a second.");
    }

    private static int Check(string name, int value, int min, int max) =>
        value >= min && value <= max ? value : throw LabException.Invalid(name, $"\"{name}\" is a whole number from {min} to {max}.");
}

/// <summary>What a client wants set; what is missing stays as it is.</summary>
internal sealed record LabSettingsRequest(int? Rate, int? Payload, int? Delay, int? Loss);
