using System.Runtime.InteropServices;

namespace Salon.App.Lab.Processor;

/// <summary>The processor time that this process, or this thread, has taken (<c>clock_gettime</c>).</summary>
internal static partial class ProcessorClock
{
    private const int ProcessClock = 2;
    private const int ThreadClock = 3;

    public static bool IsSupported => OperatingSystem.IsLinux();

    public static TimeSpan OfProcess => Read(ProcessClock);

    public static TimeSpan OfThread => Read(ThreadClock);

    private static TimeSpan Read(int clock)
    {
        if (GetTime(clock, out var time) != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }

        return new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
