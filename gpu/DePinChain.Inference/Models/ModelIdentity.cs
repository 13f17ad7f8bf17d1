using DePinChain.Primitives;

namespace DePinChain.Inference.Models;

/// <summary>A folder by what it consists of, as the chain's registry names it.</summary>
/// <param name="WeightsRoot">Root over the bytes of its weight files.</param>
/// <param name="RowsRoot">Root over the rows of its tensors.</param>
/// <param name="ConfigHash">keccak-256 of config.json.</param>
/// <param name="TokenizerHash">keccak-256 of tokenizer.json.</param>
/// <param name="WeightsBytes">Bytes of its weight files.</param>
/// <param name="Format">1 when all tensors are binary32, 2 when all are bfloat16; 0 for anything else, which cannot be registered.</param>
public sealed record ModelIdentity(
    Hash256 WeightsRoot, Hash256 RowsRoot, Hash256 ConfigHash, Hash256 TokenizerHash, ulong WeightsBytes, byte Format)
{
    /// <summary>Reads a folder, every byte of it.</summary>
    /// <exception cref="InferenceException">It is no model.</exception>
    public static ModelIdentity Of(string folder)
    {
        using ModelFolder model = ModelFolder.Open(folder);
        List<ElementKind> kinds = [.. model.Files.SelectMany(static file => file.Tensors).Select(static one => one.Kind).Distinct()];
        byte format = kinds switch
        {
            [ElementKind.F32] => 1,
            [ElementKind.BF16] => 2,
            _ => 0,
        };
        return new ModelIdentity(
            WeightRoots.OfFiles(model.Files.Select(static file => file.Path)), WeightRoots.OfRows(model),
            Keccak256.Hash(ModelFolder.ReadJson(folder, "config.json")), Keccak256.Hash(ModelFolder.ReadJson(folder, "tokenizer.json")),
            (ulong)model.Files.Sum(static file => new FileInfo(file.Path).Length), format);
    }
}
