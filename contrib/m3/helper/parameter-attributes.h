// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PARAMETER_ATTRIBUTES_H
#define M3_PARAMETER_ATTRIBUTES_H

#include "ns3/type-id.h"

#include <cstddef>

namespace ns3
{

class ObjectBase;

namespace m3
{

struct RdmaConfig;

/**
 * Adds an attribute for each parameter of AllParameters() that the type does not have yet. Of a value that can be
 * unset, -1 bytes, a rate of 0 and a time of 0 stand for its default.
 * \param configOf the configuration that an object of the type keeps the values in
 */
void AddParameterAttributes(TypeId type, RdmaConfig& (*configOf)(ObjectBase& object));

} // namespace m3
} // namespace ns3

#endif // M3_PARAMETER_ATTRIBUTES_H
