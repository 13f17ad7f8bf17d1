using System.Numerics;

namespace DePinChain.Primitives;

/// <summary>Encodes and decodes values by types known at run time.</summary>
/// <remarks>
/// Values: <see cref="UInt256"/> for unsigned and <see cref="BigInteger"/> for signed integers, <see cref="bool"/>,
/// <see cref="Address"/>, byte[] for bytes and bytes1 … bytes32, <see cref="string"/>, object?[] for arrays and tuples. Encoding also
/// takes the other integers, <see cref="Amount"/> and <see cref="Hash256"/>.
/// </remarks>
public static class AbiCodec
{
    /// <summary>The arguments' encoding, without a selector.</summary>
    /// <exception cref="AbiException">A value does not fit its type.</exception>
    public static byte[] Encode(IReadOnlyList<AbiType> types, IReadOnlyList<object?> values)
    {
        if (types.Count != values.Count) throw new AbiException($"{types.Count} values are needed, {values.Count} were given.");
        return Frame(types, values).ToArray();
    }

    /// <summary>The strict inverse of <see cref="Encode"/>. Bytes after the last value are allowed, as Solidity allows them.</summary>
    /// <exception cref="AbiException">The data do not follow the types.</exception>
    public static object?[] Decode(IReadOnlyList<AbiType> types, ReadOnlySpan<byte> data)
    {
        AbiReader reader = new(data);
        object?[] values = new object?[types.Count];
        for (int i = 0; i < values.Length; i++) values[i] = Read(ref reader, types[i]);
        return values;
    }

    /// <summary>Solidity's abi.encodePacked: no padding but that of array elements. Not injective; never decode it.</summary>
    /// <exception cref="AbiException">A value does not fit its type, or the type is a tuple or nested array.</exception>
    public static byte[] EncodePacked(IReadOnlyList<AbiType> types, IReadOnlyList<object?> values)
    {
        if (types.Count != values.Count) throw new AbiException($"{types.Count} values are needed, {values.Count} were given.");
        List<byte> packed = [];
        for (int i = 0; i < types.Count; i++)
        {
            AbiType type = types[i];
            if (type.Element is { } element)
            {
                foreach (object? item in Items(type, values[i])) packed.AddRange(PackedElement(element, item));
            }
            else
            {
                packed.AddRange(Packed(type, values[i]));
            }
        }

        return [.. packed];
    }

    private static AbiWriter Frame(IReadOnlyList<AbiType> types, IReadOnlyList<object?> values)
    {
        AbiWriter writer = new(types.Sum(type => type.HeadWordsInParent));
        for (int i = 0; i < types.Count; i++) Write(writer, types[i], values[i]);
        return writer;
    }

    // The depth of this recursion is the type's nesting, eight at most.
    private static void Write(AbiWriter writer, AbiType type, object? value)
    {
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger or AbiKind.SignedInteger:
                writer.WriteUInt256(Word(type, value));
                break;
            case AbiKind.Bool:
                writer.WriteBool(Expect<bool>(type, value));
                break;
            case AbiKind.Address:
                writer.WriteAddress(Expect<Address>(type, value));
                break;
            case AbiKind.FixedBytes:
                writer.WriteFixedBytes(FixedBytes(type, value));
                break;
            case AbiKind.Bytes:
                writer.WriteBytes(Expect<byte[]>(type, value));
                break;
            case AbiKind.String:
                writer.WriteBytes(AbiText.Utf8(Expect<string>(type, value)));
                break;
            case AbiKind.Array:
                IReadOnlyList<object?> elements = Items(type, value);
                writer.WriteArray(elements.Count, Frame(Repeat(type, elements.Count), elements));
                break;
            default:
                IReadOnlyList<object?> parts = Items(type, value);
                writer.WriteTuple(Frame(PartsOf(type), parts), type.IsDynamic);
                break;
        }
    }

    private static object? Read(ref AbiReader reader, AbiType type)
    {
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger:
                UInt256 number = reader.ReadUInt256();
                return number.BitLength <= type.Size ? number : throw new AbiException($"{number} does not fit {type}.");
            case AbiKind.SignedInteger:
                return Signed(type, reader.ReadUInt256());
            case AbiKind.Bool:
                return reader.ReadBool();
            case AbiKind.Address:
                return reader.ReadAddress();
            case AbiKind.FixedBytes:
                return reader.ReadFixedBytes(type.Size).ToArray();
            case AbiKind.Bytes:
                return reader.ReadBytes().ToArray();
            case AbiKind.String:
                return reader.ReadString();
            case AbiKind.Array:
                AbiType element = type.Element!; // An array has an element.
                AbiReader elements = reader.ReadArray(int.MaxValue, element.HeadWordsInParent, out int count);
                object?[] items = new object?[count];
                for (int i = 0; i < count; i++) items[i] = Read(ref elements, element);
                return items;
            default:
                AbiReader frame = reader.ReadTuple(type.IsDynamic, type.FrameWords);
                IReadOnlyList<AbiType> parts = PartsOf(type);
                object?[] values = new object?[parts.Count];
                for (int i = 0; i < values.Length; i++) values[i] = Read(ref frame, parts[i]);
                return values;
        }
    }

    private static AbiType[] Repeat(AbiType array, int count)
    {
        AbiType[] types = new AbiType[count];
        Array.Fill(types, array.Element!); // An array has an element.
        return types;
    }

    private static IReadOnlyList<AbiType> PartsOf(AbiType type) => type.Kind == AbiKind.Tuple ? type.Components : Repeat(type, type.Size);

    private static IReadOnlyList<object?> Items(AbiType type, object? value)
    {
        IReadOnlyList<object?> items = value as IReadOnlyList<object?>
            ?? throw new AbiException($"{type} needs a list, not {Describe(value)}.");
        int expected = type.Kind switch
        {
            AbiKind.Tuple => type.Components.Count,
            AbiKind.FixedArray => type.Size,
            _ => items.Count,
        };
        return items.Count == expected ? items : throw new AbiException($"{type} needs {expected} values, {items.Count} were given.");
    }

    // The 32-byte two's complement of an integer that fits its type.
    private static UInt256 Word(AbiType type, object? value)
    {
        BigInteger number = value switch
        {
            UInt256 wide => wide.ToBigInteger(),
            BigInteger big => big,
            Amount amount => amount.Wei,
            UInt128 or Int128 or ulong or long or uint or int or ushort or short or byte or sbyte => AbiText.Widen(value),
            _ => throw new AbiException($"{type} needs an integer, not {Describe(value)}."),
        };
        bool isSigned = type.Kind == AbiKind.SignedInteger;
        BigInteger limit = BigInteger.One << (isSigned ? type.Size - 1 : type.Size);
        if (number >= limit || number < (isSigned ? -limit : BigInteger.Zero)) throw new AbiException($"{number} does not fit {type}.");
        bool converted = UInt256.TryFrom(number.Sign < 0 ? number + (BigInteger.One << 256) : number, out UInt256 word);
        Invariant.Assert(converted, "A number that fits its ABI type fits a word.");
        return word;
    }

    private static BigInteger Signed(AbiType type, UInt256 word)
    {
        BigInteger number = word.ToBigInteger();
        if (word.BitLength == 256) number -= BigInteger.One << 256;
        BigInteger limit = BigInteger.One << (type.Size - 1);
        return number < limit && number >= -limit ? number : throw new AbiException($"{number} does not fit {type}.");
    }

    private static byte[] FixedBytes(AbiType type, object? value)
    {
        byte[] bytes = value is Hash256 hash ? hash.ToArray() : Expect<byte[]>(type, value);
        return bytes.Length == type.Size ? bytes : throw new AbiException($"{type} needs {type.Size} bytes, {bytes.Length} were given.");
    }

    private static byte[] Packed(AbiType type, object? value)
    {
        switch (type.Kind)
        {
            case AbiKind.UnsignedInteger or AbiKind.SignedInteger:
                return Word(type, value).ToHash256().ToArray()[(32 - (type.Size / 8))..];
            case AbiKind.Bool:
                return [Expect<bool>(type, value) ? (byte)1 : (byte)0];
            case AbiKind.Address:
                return Expect<Address>(type, value).ToArray();
            case AbiKind.FixedBytes:
                return FixedBytes(type, value);
            case AbiKind.Bytes:
                return Expect<byte[]>(type, value);
            case AbiKind.String:
                return AbiText.Utf8(Expect<string>(type, value));
            default:
                throw new AbiException($"{type} has no packed encoding.");
        }
    }

    // Elements of a packed array keep their 32-byte words; the array has no length.
    private static byte[] PackedElement(AbiType element, object? value) =>
        element.IsDynamic || element.Kind >= AbiKind.Array
            ? throw new AbiException($"{element}[] has no packed encoding.")
            : Frame([element], [value]).ToArray();

    private static T Expect<T>(AbiType type, object? value) =>
        value is T expected ? expected : throw new AbiException($"{type} cannot be made from {Describe(value)}.");

    private static string Describe(object? value) => value is null ? "nothing" : value.GetType().Name;
}
