// ReadPathMaps; what was read and written is the same file, byte by byte.
#include "fuzz.h"

#include "ns3/path-maps.h"

#include <fstream>
#include <iterator>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    static const InputFile input;
    return IsRead(
        [&]
        {
            const PathMapSamples samples = ReadPathMaps(input.With(data, size));
            static const std::string written = OutputFolder() / "path-maps";
            WritePathMaps(samples, written);
            std::ifstream stream(written, std::ios::binary);
            const std::string again{std::istreambuf_iterator<char>(stream), {}};
            Require(again == TextOf(data, size), "path maps written are the file that was read");
        });
}

} // namespace ns3::m3
