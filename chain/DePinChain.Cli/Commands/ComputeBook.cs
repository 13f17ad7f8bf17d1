using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Client.Containers;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The manifests that this user deployed: what goes to a provider again when a group finds another one.</summary>
/// <param name="ChainId">On which chain.</param>
/// <param name="Owner">The tenant.</param>
/// <param name="Dseq">The deployment.</param>
/// <param name="Groups">Each group's bytes in base64, in the order of the chain.</param>
internal sealed record ComputeBook(ulong ChainId, string Owner, ulong Dseq, IReadOnlyList<string> Groups)
{
    private static string Folder => Path.Combine(Path.GetDirectoryName(KeyStore.Default.Folder)!, "deployments");

    /// <exception cref="CliFailure">It was not deployed from here.</exception>
    public static ComputeBook Open(ulong chainId, Address owner, ulong dseq)
    {
        string path = PathOf(chainId, owner, dseq);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path),
                ComputeBookJson.Default.ComputeBook) ?? throw new JsonException("it is empty");
        }
        catch (Exception trouble) when (trouble is IOException or JsonException)
        {
            throw CliFailure.LocalState("UnknownDeployment", $"the manifest of deployment {dseq} is not here: {trouble.Message}",
                "send it from the machine that deployed it");
        }
    }

    /// <summary>Keeps it for this user alone: manifests hold secrets.</summary>
    public void Save()
    {
        Directory.CreateDirectory(Folder);
        string path = PathOf(ChainId, Address.Parse(Owner), Dseq), next = path + ".next";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(next, options)) JsonSerializer.Serialize(stream, this, ComputeBookJson.Default.ComputeBook);
        File.Move(next, path, overwrite: true);
    }

    public LeaseManifest ManifestOf(ulong group) => LeaseManifest.Decode(Convert.FromBase64String(Groups[(int)group - 1]));

    private static string PathOf(ulong chainId, Address owner, ulong dseq) => Path.Combine(Folder, $"{chainId}-{owner}-{dseq}.json");
}

/// <summary>How manifests are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ComputeBook))]
internal sealed partial class ComputeBookJson : JsonSerializerContext;
