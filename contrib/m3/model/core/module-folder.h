// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MODULE_FOLDER_H
#define M3_MODULE_FOLDER_H

#include <string>

namespace ns3::m3
{

/**
 * Returns the folder of the library that holds this function.
 * \throws InputError if the system does not say where it was loaded from
 */
std::string LibraryFolder();

/**
 * Returns the folder with the module's `traces` and `models`: `share/m3` of the prefix that the library was installed
 * to, wherever that lies now, or the source tree that the library was built from.
 */
std::string ModuleFolder();

} // namespace ns3::m3

#endif // M3_MODULE_FOLDER_H
