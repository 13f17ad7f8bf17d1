namespace DePinChain.Inference.Tokenizers;

/// <summary>GPT-2's map of bytes to printable characters (openai/gpt-2, encoder.py, bytes_to_unicode).</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = MakeLetters();
    private static readonly Dictionary<char, byte> Bytes = Letters.Select(static (letter, at) => (letter, at))
        .ToDictionary(static pair => pair.letter, static pair => (byte)pair.at);

    internal static char LetterOf(byte value) => Letters[value];

    internal static bool TryByteOf(char letter, out byte value) => Bytes.TryGetValue(letter, out value);

    private static char[] MakeLetters()
    {
        char[] letters = new char[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff);
            letters[value] = printable ? (char)value : (char)next++;
        }

        return letters;
    }
}
