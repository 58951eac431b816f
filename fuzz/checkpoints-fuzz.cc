// SPDX-License-Identifier: GPL-2.0-only
// ReadFlowCheckpoint, which path models are read by, too, and ReadPublishedCheckpoint; what was read is written as the
// same bytes.
#include "fuzz.h"
#include "mended.h"

#include "nn/model-checkpoint.h"

#include <sstream>

namespace ns3::m3
{

namespace
{

template <typename Checkpoint>
bool IsCheckpoint(const std::string& bytes, Checkpoint (*read)(std::istream&, const std::string&))
{
    return IsRead(
        [&]
        {
            std::istringstream in(bytes);
            Require(CheckpointBytes(read(in, "input")) == bytes, "a checkpoint written is the file that was read");
        });
}

} // namespace

bool FuzzOne(const uint8_t* data, std::size_t size)
{
    return IsTakenOrMended(TextOf(data, size),
                           [](const std::string& bytes)
                           {
                               const bool ofFlows = IsCheckpoint(bytes, &ReadFlowCheckpoint);
                               const bool published = IsCheckpoint(bytes, &ReadPublishedCheckpoint);
                               Require(!(ofFlows && published), "a checkpoint is of one kind");
                               return ofFlows || published;
                           });
}

} // namespace ns3::m3
