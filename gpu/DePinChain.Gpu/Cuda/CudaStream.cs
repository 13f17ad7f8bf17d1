using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu.Cuda;

/// <summary>A stream of the driver.</summary>
internal sealed unsafe class CudaStream : CommandStream
{
    private const uint NonBlocking = 1;
    private const int ArgumentsMax = 16;

    private readonly CudaAccelerator _owner;
    private nint _stream;

    internal CudaStream(CudaAccelerator owner)
    {
        _owner = owner;
        nint stream = 0;
        owner.Check(LibCuda.CreateStream(&stream, NonBlocking), "cuStreamCreate");
        _stream = stream;
    }

    public override void Write(DeviceBuffer to, long offset, void* from, long bytes)
    {
        if (bytes > 0) _owner.Check(LibCuda.CopyToDevice(to.Handle + (nint)offset, from, (nuint)bytes, _stream), "cuMemcpyHtoDAsync");
    }

    public override void Read(DeviceBuffer from, long offset, void* to, long bytes)
    {
        if (bytes > 0) _owner.Check(LibCuda.CopyToHost(to, from.Handle + (nint)offset, (nuint)bytes, _stream), "cuMemcpyDtoHAsync");
    }

    public override void Fill(DeviceBuffer buffer, byte value, long offset, long bytes)
    {
        if (bytes > 0) _owner.Check(LibCuda.Fill(buffer.Handle + (nint)offset, value, (nuint)bytes, _stream), "cuMemsetD8Async");
    }

    public override void Launch(string kernel, long groups, int groupSize, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (groups == 0) return;
        ulong* values = stackalloc ulong[ArgumentsMax];
        void** pointers = stackalloc void*[ArgumentsMax];
        for (int at = 0; at < arguments.Length; at++)
        {
            values[at] = arguments[at].Buffer is { } buffer ? (ulong)buffer.Handle : arguments[at].Bits;
            pointers[at] = values + at;
        }

        int code = LibCuda.Launch(
            _owner.FunctionOf(kernel), checked((uint)groups), 1, 1, (uint)groupSize, 1, 1, 0, _stream, pointers, null);
        _owner.Check(code, $"cuLaunchKernel {kernel}");
    }

    public override void Flush()
    {
    }

    public override void Finish() => _owner.Check(LibCuda.Synchronize(_stream), "cuStreamSynchronize");

    public override void Dispose()
    {
        nint stream = Interlocked.Exchange(ref _stream, 0);
        if (stream != 0) _ = LibCuda.DestroyStream(stream);
    }
}
