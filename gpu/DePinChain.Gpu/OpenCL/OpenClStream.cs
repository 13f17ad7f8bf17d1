using DePinChain.Gpu.Devices;

namespace DePinChain.Gpu.OpenCL;

/// <summary>An in-order command queue.</summary>
internal sealed unsafe class OpenClStream : CommandStream
{
    private readonly OpenClAccelerator _owner;
    private nint _queue;

    internal OpenClStream(OpenClAccelerator owner)
    {
        _owner = owner;
        int error = 0;
        _queue = LibOpenCl.CreateQueue(owner.Context, owner.DeviceHandle, 0, &error);
        Check(error, "clCreateCommandQueue");
    }

    public override void Write(DeviceBuffer to, long offset, void* from, long bytes)
    {
        if (bytes > 0)
            Check(LibOpenCl.EnqueueWrite(_queue, to.Handle, 0, (nuint)offset, (nuint)bytes, from, 0, null, null), "clEnqueueWriteBuffer");
    }

    public override void Read(DeviceBuffer from, long offset, void* to, long bytes)
    {
        if (bytes > 0)
            Check(LibOpenCl.EnqueueRead(_queue, from.Handle, 0, (nuint)offset, (nuint)bytes, to, 0, null, null), "clEnqueueReadBuffer");
    }

    public override void Fill(DeviceBuffer buffer, byte value, long offset, long bytes)
    {
        uint pattern = value * 0x01010101u;
        if (bytes > 0)
        {
            Check(
                LibOpenCl.EnqueueFill(_queue, buffer.Handle, &pattern, sizeof(uint), (nuint)offset, (nuint)bytes, 0, null, null),
                "clEnqueueFillBuffer");
        }
    }

    public override void Launch(string kernel, long groups, int groupSize, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (groups == 0) return;
        nint handle = _owner.KernelOf(kernel);
        for (int at = 0; at < arguments.Length; at++)
        {
            nint memory = arguments[at].Buffer?.Handle ?? 0;
            uint bits = arguments[at].Bits;
            int code = arguments[at].Buffer is null
                ? LibOpenCl.SetArgument(handle, (uint)at, sizeof(uint), &bits)
                : LibOpenCl.SetArgument(handle, (uint)at, (nuint)sizeof(nint), &memory);
            Check(code, $"clSetKernelArg {kernel}[{at}]");
        }

        nuint global = checked((nuint)(groups * groupSize));
        nuint local = (nuint)groupSize;
        Check(LibOpenCl.Enqueue(_queue, handle, 1, null, &global, &local, 0, null, null), $"clEnqueueNDRangeKernel {kernel}");
    }

    public override void Flush() => Check(LibOpenCl.Flush(_queue), "clFlush");

    public override void Finish() => Check(LibOpenCl.Finish(_queue), "clFinish");

    public override void Dispose()
    {
        nint queue = Interlocked.Exchange(ref _queue, 0);
        if (queue != 0) _ = LibOpenCl.ReleaseQueue(queue);
    }

    private void Check(int code, string call) => LibOpenCl.Check(code, call, _owner.Device.Name);
}
