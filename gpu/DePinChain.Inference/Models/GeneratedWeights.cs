namespace DePinChain.Inference.Models;

/// <summary>
/// Weights from a rule: each element from its tensor's name and its place, so that a model of any size is the same everywhere and need
/// not be stored. s = fold(s · 131 + byte) over the name; x = i · 2654435761 + s · 40503 + 12345; x ^= x >> 16; x *= 0x45d9f3b;
/// x ^= x >> 16 (all mod 2^32); u = x / 2^32 − ½. Embedding 2u, output layer u, norms 1 + 0.2u, projections 2u / √columns.
/// </summary>
/// <param name="config">The model's shape.</param>
/// <param name="salt">Another salt is another model; 0 is the rule as it stands.</param>
public sealed class GeneratedWeights(ModelConfig config, uint salt = 0) : ITensorSource
{
    /// <inheritdoc/>
    public bool Has(string name) =>
        !name.EndsWith(".bias", StringComparison.Ordinal) && (name != TensorNames.Output || !config.TiedEmbeddings);

    /// <inheritdoc/>
    public float[] Read(string name, int rows, int columns)
    {
        InferenceException.Require(Has(name), InferenceFault.Model, $"The generated model has no tensor {name}.");
        uint s = 0;
        foreach (char letter in name) s = unchecked((s * 131) + letter);
        s = unchecked(s + salt);
        float[] values = new float[checked(rows * columns)];
        bool norm = name.EndsWith("norm.weight", StringComparison.Ordinal);
        double root = Math.Sqrt(columns);
        for (int at = 0; at < values.Length; at++)
        {
            double u = Uniform((uint)at, s);
            values[at] = (float)(norm ? 1 + (0.2 * u) : name == TensorNames.Embedding ? 2 * u : name == TensorNames.Output ? u
                : u * 2 / root);
        }

        return values;
    }

    private static double Uniform(uint at, uint s)
    {
        unchecked
        {
            uint x = (at * 2_654_435_761) + (s * 40_503) + 12_345;
            x ^= x >> 16;
            x *= 0x45d9f3b;
            x ^= x >> 16;
            return (x / 4_294_967_296.0) - 0.5;
        }
    }
}
