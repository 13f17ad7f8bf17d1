using DePinChain.Client.Programs;
using DePinChain.Gpu.Cpu;
using DePinChain.Inference;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Inference.Tokenizers;
using DePinChain.Miners.Homes;
using DePinChain.Primitives;

namespace DePinChain.Miners.Serving;

/// <summary>The registered model with its tokenizer: what is served and what is judged by.</summary>
internal sealed class ModelShelf : IDisposable
{
    private ModelShelf(TaskManifest manifest, LlamaModel model, BytePairTokenizer tokenizer) =>
        (Manifest, Model, Tokenizer) = (manifest, model, tokenizer);

    public TaskManifest Manifest { get; }

    public LlamaModel Model { get; }

    public BytePairTokenizer Tokenizer { get; }

    /// <summary>Opens a folder and checks, file by file, that it is the model of the manifest.</summary>
    /// <param name="folder">In Hugging Face's form.</param>
    /// <param name="manifest">What the subnet asks for.</param>
    /// <param name="workers">Threads; 0 for all.</param>
    /// <param name="change">What a rehearsal does to the weights; null for nothing.</param>
    public static ModelShelf Open(string folder, TaskManifest manifest, int workers, Func<ITensorSource, ITensorSource>? change = null)
    {
        using ModelFolder opened = ModelFolder.Open(folder);
        ManifestModel found = Describe(opened, manifest.Model.Id, manifest.Model.Profile, manifest.Model.MaxTokens);
        if (found != manifest.Model)
        {
            throw new ExitException(
                ExitException.LocalState, $"{folder} is not the model of the subnet's manifest: it has {found}, the manifest wants " +
                $"{manifest.Model}; fetch the model '{manifest.Model.Id}'.");
        }

        var backend = new CpuBackend(workers: workers > 0 ? workers : null);
        ITensorSource source = change is null ? opened : change(opened);
        return new ModelShelf(
            manifest, LlamaModel.Load(opened.Config, source, manifest.Model.Profile, backend),
            BytePairTokenizer.Parse(ModelFolder.ReadJson(folder, "tokenizer.json")));
    }

    /// <summary>What a manifest says of a folder.</summary>
    public static ManifestModel Describe(ModelFolder folder, string id, ArithmeticProfile profile, uint maxTokens) => new(
        id, WeightRoots.OfFiles(folder.Files.Select(static file => file.Path)).ToString(),
        Keccak256.Hash(ModelFolder.ReadJson(folder.Path, "config.json")).ToString(),
        Keccak256.Hash(ModelFolder.ReadJson(folder.Path, "tokenizer.json")).ToString(), profile, maxTokens);

    /// <summary>The tokens of a prompt; null with the reason when they do not fit the model.</summary>
    public int[]? TokensOf(string prompt, uint maxTokens, out string fault)
    {
        fault = "";
        try
        {
            int[] tokens = [.. Tokenizer.Encode(prompt)];
            if (tokens.Length == 0) fault = "the prompt has no tokens";
            else if (tokens.Length + (long)maxTokens > Model.Config.Positions)
                fault = $"{tokens.Length} tokens and {maxTokens} more do not fit the model's {Model.Config.Positions} positions";
            return fault.Length == 0 ? tokens : null;
        }
        catch (InferenceException unfit)
        {
            fault = unfit.Message;
            return null;
        }
    }

    public void Dispose()
    {
        Model.Dispose();
        Model.Backend.Dispose();
    }
}
