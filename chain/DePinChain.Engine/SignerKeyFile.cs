using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>
/// The file of a validator's two hot keys: <c>{"address": …, "signingKey": …, "vrfKey": …}</c>, readable by its owner only.
/// </summary>
public static class SignerKeyFile
{
    /// <summary>Its name in a home.</summary>
    public const string Name = "signer.key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="RefusalException">There is none, or it holds no keys.</exception>
    public static (PrivateKey Signing, PrivateKey Vrf) Read(string path)
    {
        try
        {
            JsonNode? content = JsonNode.Parse(File.ReadAllText(path));
            PrivateKey signing = PrivateKey.Parse(Text(content, "signingKey"));
            PrivateKey vrf = PrivateKey.Parse(Text(content, "vrfKey"));
            return string.Equals(signing.Address.ToString(), Text(content, "address"), StringComparison.OrdinalIgnoreCase)
                ? (signing, vrf)
                : throw new FormatException($"the key is {signing.Address}'s, not {Text(content, "address")}'s");
        }
        catch (Exception trouble) when (trouble is FormatException or JsonException or InvalidOperationException or IOException
            or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState, $"The signer's keys {path} cannot be read ({trouble.Message}); restore the file.", trouble);
        }
    }

    /// <summary>Writes a new file with its final permissions: there is no moment in which others could open it.</summary>
    /// <exception cref="RefusalException">There is one already, or it cannot be written.</exception>
    public static void Write(string path, PrivateKey signing, PrivateKey vrf)
    {
        JsonObject content = new()
        {
            ["address"] = signing.Address.ToString(),
            ["signingKey"] = Hex.Encode(signing.ToArray()),
            ["vrfKey"] = Hex.Encode(vrf.ToArray()),
        };
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            using FileStream stream = new(path, options);
            stream.Write(Encoding.UTF8.GetBytes(content.ToJsonString() + "\n"));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState, $"The signer's keys {path} cannot be written ({trouble.Message}); nothing is overwritten.", trouble);
        }
    }

    private static string Text(JsonNode? content, string name) =>
        content?[name]?.GetValue<string>() ?? throw new FormatException($"it has no {name}");
}
