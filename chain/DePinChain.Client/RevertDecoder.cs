using System.Buffers.Binary;
using System.Globalization;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>Why a call reverted.</summary>
/// <param name="Name">The error's name: a custom error's, "Error" or "Panic"; "Revert" when the data is empty or unknown.</param>
/// <param name="Text">The whole in words.</param>
/// <param name="Arguments">Its arguments, by name.</param>
public sealed record DecodedRevert(string Name, string Text, IReadOnlyList<(string Name, object? Value)> Arguments);

/// <summary>Solidity's three forms of revert data.</summary>
internal static class RevertDecoder
{
    private const uint ErrorSelector = 0x08c379a0;
    private const uint PanicSelector = 0x4e487b71;

    public static DecodedRevert Decode(ReadOnlySpan<byte> data, IReadOnlyList<PublishedModule> modules)
    {
        if (data.Length < 4)
            return new DecodedRevert("Revert", "reverted without a reason", []);
        uint selector = BinaryPrimitives.ReadUInt32BigEndian(data);
        ReadOnlySpan<byte> arguments = data[4..];
        try
        {
            if (selector == ErrorSelector)
            {
                string reason = (string)AbiCodec.Decode([AbiType.Parse("string")], arguments)[0]!;
                return new DecodedRevert("Error", reason, [("message", reason)]);
            }

            if (selector == PanicSelector)
            {
                object code = AbiCodec.Decode([AbiType.Parse("uint256")], arguments)[0]!;
                return new DecodedRevert("Panic", PanicText(Convert.ToString(code, CultureInfo.InvariantCulture)!), [("code", code)]);
            }

            foreach (PublishedModule module in modules)
            {
                if (module.Abi.FindError(selector) is { } error)
                    return Custom(module, error, data);
            }
        }
        catch (AbiException)
        {
            // Fall through: data that only looks like one of the forms is shown as bytes.
        }

        return new DecodedRevert("Revert", $"reverted with data {Hex.Encode(data)}", []);
    }

    private static DecodedRevert Custom(PublishedModule module, AbiError error, ReadOnlySpan<byte> data)
    {
        object?[] values = error.Decode(data);
        var arguments = error.Inputs.Zip(values, (input, value) => (input.Name, value)).ToArray();
        string text = string.Join(
            ", ", error.Inputs.Zip(values, (input, value) => $"{input.Name}: {module.WordOf(input, value) ?? AbiValues.Format(value)}"));
        return new DecodedRevert(error.Name, $"{error.Name}({text})", arguments);
    }

    private static string PanicText(string code) => code switch
    {
        "1" => "panic: an assertion failed",
        "17" => "panic: arithmetic overflow",
        "18" => "panic: division by zero",
        "50" => "panic: index out of range",
        _ => $"panic code {code}",
    };
}
