using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>A view's answer with the ABI beside it, to be shown in full.</summary>
public sealed record RawView(string Title, PublishedModule Module, AbiFunction Function, object?[] Values)
{
    /// <summary>Asks; null when the module is not there or the view refuses.</summary>
    public static async Task<RawView?> AskAsync(Site site, string title, string module, string function, params object?[] arguments)
    {
        if (site.Chain.Codec.Directory.Find(module) is not { } found || found.Abi.FindFunction(function) is not { } view) return null;
        try
        {
            return new RawView(title, found, view, await site.Views.AskRawAsync(found, view, arguments));
        }
        catch (NodeRefusedException)
        {
            return null;
        }
    }

    /// <summary>A tuple that is the only output is shown by its parts.</summary>
    public (IReadOnlyList<AbiParameter> Parameters, IReadOnlyList<object?> Values) Parts =>
        Function.Outputs is [{ Type.Kind: AbiKind.Tuple } only] && Values[0] is object?[] parts ? (only.Components, parts)
            : (Function.Outputs, Values);
}
