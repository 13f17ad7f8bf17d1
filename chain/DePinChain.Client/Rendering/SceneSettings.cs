using System.Text;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Client.Rendering;

/// <summary>How a scene is rendered: what every node must do alike, so that pixels can be compared.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Samples">Paths that are traced for a pixel.</param>
/// <param name="Seed">Where the paths' random numbers begin.</param>
public sealed record SceneSettings(uint Width, uint Height, uint Samples, uint Seed)
{
    private const uint SideMax = 8_192, SamplesMax = 65_536;

    /// <summary>Reads settings that came from anywhere.</summary>
    /// <exception cref="ContentFaultException">They are none, or out of bounds.</exception>
    public static SceneSettings Parse(string? text)
    {
        try
        {
            SceneSettings? read = JsonSerializer.Deserialize(text ?? "null", RenderingJson.Default.SceneSettings);
            return read?.FindFault() is { } fault ? throw new ContentFaultException(fault)
                : read ?? throw new ContentFaultException("a scene's note says nothing of how it is rendered");
        }
        catch (JsonException broken)
        {
            throw new ContentFaultException($"settings cannot be read: {broken.Message}");
        }
    }

    /// <summary>What is out of bounds; null when nothing is.</summary>
    public string? FindFault() =>
        Width is 0 or > SideMax || Height is 0 or > SideMax ? $"a picture has 1 to {SideMax} pixels a side, not {Width} by {Height}"
        : Samples is 0 or > SamplesMax ? $"a pixel has 1 to {SamplesMax} samples, not {Samples}" : null;

    /// <summary>The text that is hashed.</summary>
    public string ToText() => JsonSerializer.Serialize(this, RenderingJson.Default.SceneSettings);

    /// <summary>What the chain keeps.</summary>
    public Hash256 HashOf() => Keccak256.Hash(Encoding.UTF8.GetBytes(ToText()));
}
