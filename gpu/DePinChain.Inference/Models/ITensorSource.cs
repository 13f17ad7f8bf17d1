namespace DePinChain.Inference.Models;

/// <summary>Where weights come from: a folder of files, or a rule that makes them.</summary>
public interface ITensorSource
{
    /// <summary>Reads a tensor of [rows × columns] in row-major order; columns 1 is a vector.</summary>
    /// <exception cref="InferenceException">There is none of this name and shape.</exception>
    float[] Read(string name, int rows, int columns);

    /// <summary>Whether there is a tensor of this name.</summary>
    bool Has(string name);
}
