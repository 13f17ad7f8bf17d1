using System.Text.Json;

namespace DePinChain.Inference.Models;

/// <summary>A Hugging Face model folder: config.json, tokenizer.json and one or more safetensors files.</summary>
public sealed class ModelFolder : ITensorSource, IDisposable
{
    private const long JsonBytesMax = 64L << 20;
    private const int ShardsMax = 1000;

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, (SafetensorsFile File, StoredTensor Tensor)> _tensors = new(StringComparer.Ordinal);

    private ModelFolder(string path, ModelConfig config, List<SafetensorsFile> files)
    {
        (Path, Config, _files) = (path, config, files);
        foreach (SafetensorsFile file in files)
        {
            foreach (StoredTensor tensor in file.Tensors)
            {
                if (!_tensors.TryAdd(tensor.Name, (file, tensor)))
                    throw new InferenceException(InferenceFault.Model, $"{path}: {tensor.Name} stands in two files.");
            }
        }
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>Its shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its weight files in the order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>Opens a folder and checks every header.</summary>
    /// <exception cref="InferenceException">Something is missing or hostile.</exception>
    public static ModelFolder Open(string path)
    {
        byte[] generation = File.Exists(System.IO.Path.Combine(path, "generation_config.json"))
            ? ReadJson(path, "generation_config.json") : [];
        ModelConfig config = ModelConfig.Parse(ReadJson(path, "config.json"), generation);
        List<SafetensorsFile> files = [];
        try
        {
            foreach (string name in FileNames(path)) files.Add(SafetensorsFile.Open(System.IO.Path.Combine(path, name)));
            return new ModelFolder(path, config, files);
        }
        catch
        {
            foreach (SafetensorsFile file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>A JSON file of the folder, bounded.</summary>
    public static byte[] ReadJson(string folder, string name)
    {
        FileInfo file = new(System.IO.Path.Combine(folder, name));
        InferenceException.Require(file.Exists, InferenceFault.Model, $"{folder} has no {name}.");
        InferenceException.Require(file.Length <= JsonBytesMax, InferenceFault.Model, $"{name} is larger than {JsonBytesMax} bytes.");
        return File.ReadAllBytes(file.FullName);
    }

    /// <inheritdoc/>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <inheritdoc/>
    public float[] Read(string name, int rows, int columns)
    {
        if (!_tensors.TryGetValue(name, out (SafetensorsFile File, StoredTensor Tensor) found))
            throw new InferenceException(InferenceFault.Model, $"{Path} has no tensor {name}.");
        IReadOnlyList<long> shape = found.Tensor.Shape;
        bool fits = columns == 1 && shape.Count == 1 ? shape[0] == rows : shape.Count == 2 && shape[0] == rows && shape[1] == columns;
        InferenceException.Require(
            fits, InferenceFault.Model, $"{Path}: {name} has shape [{string.Join(", ", shape)}], the model needs [{rows}, {columns}].");
        return found.File.Read(found.Tensor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files) file.Dispose();
    }

    private static SortedSet<string> FileNames(string path)
    {
        const string Index = "model.safetensors.index.json";
        if (!File.Exists(System.IO.Path.Combine(path, Index))) return ["model.safetensors"];
        using JsonDocument document = ModelConfig.ParseJson(ReadJson(path, Index), Index);
        if (!document.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            throw new InferenceException(InferenceFault.Model, $"{Index} has no weight_map.");
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            // A shard's name must stay in the folder: the index comes from a stranger.
            string name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            InferenceException.Require(
                name.Length is > 0 and <= 200 && name == System.IO.Path.GetFileName(name)
                    && name.EndsWith(".safetensors", StringComparison.Ordinal),
                InferenceFault.Model, $"{Index} names a file that is none of the folder.");
            names.Add(name);
            InferenceException.Require(names.Count <= ShardsMax, InferenceFault.Model, $"{Index} names more than {ShardsMax} files.");
        }

        return names;
    }
}
