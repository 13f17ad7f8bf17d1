using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Crypto;

namespace DePinChain.Cli;

/// <summary>The two hot keys of a node's or signer's home, to prove that they are its own.</summary>
internal static class HotKeys
{
    private const string FileName = "signer.key";

    /// <exception cref="CliFailure">The home has no keys.</exception>
    public static (PrivateKey Signing, PrivateKey Vrf) Read(string home)
    {
        string path = Path.Combine(home, FileName);
        try
        {
            JsonNode? content = JsonNode.Parse(File.ReadAllText(path));
            return (Key(content, "signingKey"), Key(content, "vrfKey"));
        }
        catch (Exception trouble) when (trouble is JsonException or FormatException or InvalidOperationException or IOException
            or UnauthorizedAccessException)
        {
            throw CliFailure.LocalState(
                "NoHotKeys", $"{path} cannot be read: {trouble.Message}", "depin signer init --home DIR makes a home with keys");
        }
    }

    private static PrivateKey Key(JsonNode? content, string name) =>
        PrivateKey.Parse(content?[name]?.GetValue<string>() ?? throw new FormatException($"it has no {name}"));
}
