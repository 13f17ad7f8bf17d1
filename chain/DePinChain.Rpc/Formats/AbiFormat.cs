using System.Globalization;
using System.Numerics;
using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Formats;

/// <summary>Decoded ABI values as JSON: tuples become objects by their components' names, unsigned integers QUANTITY, bytes DATA.</summary>
/// <remarks>The recursion is over the type, which has at most eight levels, never over data.</remarks>
internal static class AbiFormat
{
    /// <summary>The outputs of a function: one unnamed output stands for itself, several become an object.</summary>
    public static void WriteOutputs(Utf8JsonWriter json, AbiFunction function, object?[] values)
    {
        if (function.Outputs is [var single])
        {
            WriteValue(json, single.Type, single.Components, values[0]);
            return;
        }

        WriteObject(json, function.Outputs, values);
    }

    private static void WriteValue(Utf8JsonWriter json, AbiType type, IReadOnlyList<AbiParameter> components, object? value)
    {
        switch (value)
        {
            case UInt256 number:
                json.WriteQuantityValue(number);
                break;
            case BigInteger number:
                json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case Address address:
                json.WriteAddressValue(address);
                break;
            case byte[] bytes:
                json.WriteDataValue(bytes);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case object?[] values when type.Kind == AbiKind.Tuple:
                WriteObject(json, components, values);
                break;
            case object?[] values:
                json.WriteStartArray();
                foreach (object? element in values) WriteValue(json, type.Element!, components, element); // an array has an element type
                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, IReadOnlyList<AbiParameter> parameters, object?[] values)
    {
        json.WriteStartObject();
        for (int i = 0; i < parameters.Count; i++)
        {
            AbiParameter parameter = parameters[i];
            json.WritePropertyName(parameter.Name.Length > 0 ? parameter.Name : string.Create(CultureInfo.InvariantCulture, $"{i}"));
            WriteValue(json, parameter.Type, parameter.Components, values[i]);
        }

        json.WriteEndObject();
    }
}
