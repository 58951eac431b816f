// SPDX-License-Identifier: GPL-2.0-only
// ReadSamples; what was read and written is the same file, byte by byte.
#include "fuzz.h"
#include "mended.h"

#include "training/sample-file.h"

#include <fstream>
#include <iterator>
#include <sstream>

namespace ns3::m3
{

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    return IsTakenOrMended(TextOf(data, size),
                           [](const std::string& bytes)
                           {
                               return IsRead(
                                   [&]
                                   {
                                       std::istringstream in(bytes);
                                       const TrainingSamples samples = ReadSamples(in, "input");
                                       static const std::string written = OutputFolder() / "samples";
                                       WriteSamples(samples, written);
                                       std::ifstream stream(written, std::ios::binary);
                                       const std::string again{std::istreambuf_iterator<char>(stream), {}};
                                       Require(again == bytes, "samples written are the file that was read");
                                   });
                           });
}

} // namespace ns3::m3
