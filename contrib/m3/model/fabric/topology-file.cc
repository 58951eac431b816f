// SPDX-License-Identifier: GPL-2.0-only
#include "topology-file.h"

#include "topology-formats.h"

namespace ns3::m3
{

FabricGraph ReadTopologyFile(const std::string& file, InputNotes* notes)
{
    return FormatOf(TOPOLOGY_FORMATS, file).read(file, notes);
}

std::string TopologyFormatsText()
{
    return FormatsText(TOPOLOGY_FORMATS);
}

} // namespace ns3::m3
