using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Inference.Llama;
using DePinChain.Primitives;

namespace DePinChain.Miners.Homes;

/// <summary>
/// What a subnet asks of its miners and how its validators check it. The chain keeps keccak-256 of the file's bytes, so everybody works
/// from the same one.
/// </summary>
/// <param name="Modality">text.</param>
/// <param name="Model">What is served.</param>
/// <param name="Verification">How answers are checked.</param>
/// <param name="Sampling">How often.</param>
/// <param name="LatencyMs">An answer within this time has the full score; one that takes twice as long half of it.</param>
/// <param name="Scoring">How scores follow from checks.</param>
/// <param name="MinEvidence">Checks a validator must have made in an epoch before it scores anybody.</param>
/// <param name="VersionKey">Version of the rules; the subnet may refuse older ones.</param>
internal sealed record TaskManifest(
    string Modality, ManifestModel Model, ManifestVerification Verification, ManifestSampling Sampling, uint LatencyMs,
    ManifestScoring Scoring, uint MinEvidence, ulong VersionKey)
{
    private const int BytesMax = 64 << 10;

    /// <summary>The file's bytes.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, SubnetJson.Default.TaskManifest);

    /// <summary>Reads a manifest and gives the hash that must stand on the chain.</summary>
    /// <exception cref="ExitException">It is missing, or not what this program can do.</exception>
    public static (TaskManifest Manifest, Hash256 Hash) Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > BytesMax) throw Wrong(path, $"it is larger than {BytesMax} bytes");
            byte[] bytes = File.ReadAllBytes(path);
            TaskManifest manifest = JsonSerializer.Deserialize(bytes, SubnetJson.Default.TaskManifest) ?? throw Wrong(path, "it is empty");
            manifest.Check(path);
            return (manifest, Keccak256.Hash(bytes));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Wrong(path, trouble.Message);
        }
    }

    private void Check(string path)
    {
        if (Modality != "text") throw Wrong(path, $"its modality is {Modality}; this program serves and checks text");
        if (Verification.Method != ManifestVerification.Toploc)
            throw Wrong(path, $"its method of verification is {Verification.Method}; this program knows {ManifestVerification.Toploc}");
        if (Model.MaxTokens is 0 or > 4_096) throw Wrong(path, "model.maxTokens is between 1 and 4,096");
        if (Sampling.PerEpoch is 0 or > 64) throw Wrong(path, "sampling.perEpoch is between 1 and 64");
        if (Sampling.OrganicPermille > 1_000) throw Wrong(path, "sampling.organicPermille is at most 1,000");
        if (Scoring.AlphaPermille is 0 or > 1_000) throw Wrong(path, "scoring.alphaPermille is between 1 and 1,000");
        if (LatencyMs == 0) throw Wrong(path, "latencyMs is above 0");
    }

    private static ExitException Wrong(string path, string why) => new(
        ExitException.LocalState, $"the manifest {path} cannot be used: {why}; get the subnet's from its owner.");
}

/// <summary>A model by what it consists of.</summary>
/// <param name="Id">The name that clients use.</param>
/// <param name="WeightsRoot">Root over its weight files.</param>
/// <param name="ConfigHash">keccak-256 of config.json.</param>
/// <param name="TokenizerHash">keccak-256 of tokenizer.json.</param>
/// <param name="Profile">Its arithmetic.</param>
/// <param name="MaxTokens">Most tokens of an answer.</param>
internal sealed record ManifestModel(
    string Id, string WeightsRoot, string ConfigHash, string TokenizerHash, ArithmeticProfile Profile, uint MaxTokens);

/// <summary>How answers are checked.</summary>
/// <param name="Method">toploc: commitments to activations, and every token.</param>
internal sealed record ManifestVerification(string Method)
{
    public const string Toploc = "toploc";
}

/// <summary>How often answers are checked.</summary>
/// <param name="PerEpoch">Tasks that a validator gives each miner in an epoch.</param>
/// <param name="OrganicPermille">Of a thousand answers to people, so many are checked too.</param>
internal sealed record ManifestSampling(uint PerEpoch, uint OrganicPermille);

/// <summary>How scores follow from checks.</summary>
/// <param name="AlphaPermille">s = a · r + (1 − a) · s with a in thousandths.</param>
internal sealed record ManifestScoring(uint AlphaPermille);
