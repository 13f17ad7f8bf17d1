using System.Globalization;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Decoding;

/// <summary>Which values of an event name an object of its module: an indexed number or hash, or one whose name ends in id.</summary>
internal static class ObjectNames
{
    /// <summary>The object's key as text; null when the value names none.</summary>
    public static string? Names(AbiParameter parameter, object? value)
    {
        // Eight bits are a kind or a state, and zero hashes are what nobody named.
        string type = parameter.Type.ToString();
        bool isNumber = type.StartsWith("uint", StringComparison.Ordinal) && type is not ("uint8" or "uint128" or "uint256");
        bool isHash = type == "bytes32";
        bool isNamed = parameter.Indexed || parameter.Name.EndsWith("Id", StringComparison.Ordinal)
            || string.Equals(parameter.Name, "id", StringComparison.Ordinal);
        if (!isNamed || !(isNumber || isHash)) return null;
        return value switch
        {
            byte[] hash when hash.AsSpan().IndexOfAnyExcept((byte)0) >= 0 => Hex.Encode(hash),
            Hash256 hash when !hash.IsZero => hash.ToString(),
            byte[] or Hash256 => null,
            _ => Convert.ToString(AbiValues.Format(value), CultureInfo.InvariantCulture),
        };
    }
}
