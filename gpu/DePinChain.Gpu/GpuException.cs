namespace DePinChain.Gpu;

/// <summary>What went wrong with a device, and so what can be done about it.</summary>
public enum GpuFault
{
    /// <summary>A library, device or option is missing: install it or choose another backend.</summary>
    Configuration,

    /// <summary>A kernel does not compile; the message carries the compiler's log.</summary>
    Build,

    /// <summary>The device or the budget has no memory left: split the batch or use another device.</summary>
    OutOfMemory,

    /// <summary>The driver refused for the moment: try again.</summary>
    Transient,

    /// <summary>The device's context is dead or its answers are wrong: it must not be used again by this process.</summary>
    DeviceLost,
}

/// <summary>A device failed. The caller decides by <see cref="Fault"/>; no verdict may be drawn from it.</summary>
public sealed class GpuException(GpuFault fault, string message) : Exception(message)
{
    /// <summary>The class of the failure.</summary>
    public GpuFault Fault { get; } = fault;
}
