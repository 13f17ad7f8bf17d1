using DePinChain.Client.Programs;
using DePinChain.Gpu;
using DePinChain.Proofs.Devices;

namespace DePinChain.Providers.Containers;

/// <summary>
/// The backends that this machine's devices work on: its GPUs in order, else its processor. They prove themselves when a committee asks for
/// the first time, before its clock runs.
/// </summary>
internal sealed class DeviceBench(ComputeSettings settings, string kernels, ProgramLog log) : IDisposable
{
    private readonly Lock _gate = new();
    private BackendPool? _pool;

    /// <summary>Where the chain of a GPU works. More GPUs than the machine has share those that it has, and are slower for it.</summary>
    public IGemmRounds Open(int lane)
    {
        BackendPool pool = Ready();
        IReadOnlyList<IBackend> usable = pool.Usable;

        // The last one is the processor: it helps out where there is nothing else.
        int devices = Math.Max(1, usable.Count - 1);
        return new BackendRounds(usable[lane % devices]);
    }

    /// <summary>Finds the backends, the first time.</summary>
    public BackendPool Ready()
    {
        lock (_gate)
        {
            if (_pool is not null) return _pool;
            List<BackendKind> kinds = [];
            foreach (string name in settings.Backends)
            {
                if (!Enum.TryParse(name, ignoreCase: true, out BackendKind kind) || kind == BackendKind.Cpu)
                    throw new ExitException(ExitException.LocalState, $"'{name}' in backends of compute.json is neither cuda nor opencl.");
                kinds.Add(kind);
            }

            _pool = BackendPool.Open(new BackendOptions
            {
                Kinds = kinds,
                AllowProcessors = settings.AllowProcessors,
                CacheFolder = kernels,
            });
            log.Tell("devices work on", ("backends", string.Join(", ", _pool.Usable.Select(static one => one.Device.Name))));
            foreach (Quarantine one in _pool.Quarantined) log.Warn($"{one.Device.Name} is put aside: {one.Reason}");
            return _pool;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _pool?.Dispose();
            _pool = null;
        }
    }
}
