using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Signer;

/// <summary>A signer's folder: keys, mark, and the network they are for.</summary>
internal sealed class SignerHome(string path)
{
    private const string NetworkFile = "signer.network";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public DiskFolder Folder { get; } = Owned(path);

    public SignerMarkFile MarkFile => new(Folder);

    public bool HasKeys => File.Exists(KeyPath);

    private string KeyPath => Folder.Describe(SignerKeyFile.Name);

    public (PrivateKey Signing, PrivateKey Vrf) ReadKeys() => SignerKeyFile.Read(KeyPath);

    /// <summary>Makes two keys that nobody else has, and a mark that stands at nothing.</summary>
    public void MakeKeys(ulong chainId)
    {
        if (MarkFile.Exists)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"{MarkFile.Place} is the mark of a key that is not here; put the key back, or choose an empty folder.");
        }

        using PrivateKey signing = PrivateKey.Generate(), vrf = PrivateKey.Generate();
        MarkFile.Write(SignerMark.Nothing(chainId));
        SignerKeyFile.Write(KeyPath, signing, vrf);
    }

    public void WriteNetwork(SignerNetwork network)
    {
        JsonObject content = new()
        {
            ["chainId"] = network.ChainId.ToString(CultureInfo.InvariantCulture),
            ["genesis"] = network.Genesis.ToString(),
        };
        Folder.Replace(NetworkFile, Encoding.UTF8.GetBytes(content.ToJsonString() + "\n"));
    }

    public SignerNetwork? FindNetwork()
    {
        if (Folder.Read(NetworkFile) is not { } content) return null;
        try
        {
            JsonNode? read = JsonNode.Parse(content);
            return new SignerNetwork(
                ulong.Parse(read?["chainId"]?.GetValue<string>() ?? "", NumberStyles.None, CultureInfo.InvariantCulture),
                Hash256.Parse(read?["genesis"]?.GetValue<string>() ?? ""));
        }
        catch (Exception trouble) when (trouble is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"{Folder.Describe(NetworkFile)} cannot be understood ({trouble.Message}); run depin signer init again.",
                trouble);
        }
    }

    public SignerNetwork ReadNetwork() => FindNetwork() ?? throw new RefusalException(
        ExitCode.LocalState,
        $"{path} does not say which network it signs for; run: depin signer init --home {path}");

    private static DiskFolder Owned(string path)
    {
        DiskFolder folder = new(path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly);
        return folder;
    }
}

/// <summary>The one network a key signs for.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Genesis">Hash of block 0.</param>
internal sealed record SignerNetwork(ulong ChainId, Hash256 Genesis);
