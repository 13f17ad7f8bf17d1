using DePinChain.Client.Programs;
using DePinChain.Gpu.Cpu;
using DePinChain.Inference;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;

namespace DePinChain.Worker.Answers;

/// <summary>
/// The models that this worker has: folders in Hugging Face's form under one folder, or that folder itself. What each is, its bytes say,
/// not its name. One is loaded at a time; one that is larger than allowed is not here at all.
/// </summary>
internal sealed class ModelRack(string? folder, ulong bytesMax, ProgramLog log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ModelIdentity?> _known = new(StringComparer.Ordinal);
    private LlamaModel? _loaded;
    private (string Path, ArithmeticProfile Profile) _of;

    /// <summary>Runs something on the model of a registration; false when it is not here.</summary>
    public bool TryUse(RegisteredModel wanted, Action<LlamaModel> use)
    {
        lock (_gate)
        {
            if (wanted.WeightsBytes > bytesMax || PathOf(wanted) is not { } path) return false;
            if (_loaded is null || _of != (path, wanted.Profile))
            {
                Unload();
                using ModelFolder model = ModelFolder.Open(path);
                _loaded = LlamaModel.Load(model, wanted.Profile, new CpuBackend());
                _of = (path, wanted.Profile);
                log.Tell("model loaded", ("from", path), ("bytes", wanted.WeightsBytes));
            }

            use(_loaded);
            return true;
        }
    }

    /// <summary>Reads in the folder of a registration; false when it is not here.</summary>
    public bool TryOpen(RegisteredModel wanted, Action<ModelFolder> use)
    {
        string? path;
        lock (_gate) path = PathOf(wanted);
        if (path is null) return false;
        using ModelFolder model = ModelFolder.Open(path);
        use(model);
        return true;
    }

    /// <summary>Whether the model of a registration is here and fits.</summary>
    public bool Has(RegisteredModel wanted)
    {
        lock (_gate) return wanted.WeightsBytes <= bytesMax && PathOf(wanted) is not null;
    }

    public void Dispose() => Unload();

    private void Unload()
    {
        if (_loaded is null) return;
        _loaded.Dispose();
        _loaded.Backend.Dispose();
        _loaded = null;
    }

    private string? PathOf(RegisteredModel wanted)
    {
        if (folder is null || !Directory.Exists(folder)) return null;
        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Prepend(folder))
        {
            if (!File.Exists(Path.Combine(path, "config.json"))) continue;
            if (!_known.TryGetValue(path, out ModelIdentity? found)) _known[path] = found = Read(path);
            if (found is not null && wanted.IsOf(found)) return path;
        }

        return null;
    }

    private ModelIdentity? Read(string path)
    {
        try
        {
            return ModelIdentity.Of(path);
        }
        catch (InferenceException trouble)
        {
            log.Warn(trouble.Message, ("model", path));
            return null;
        }
    }
}
