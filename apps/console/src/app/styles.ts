// In layers, so that what is ours wins whatever the order of the files.
import '@mantine/core/styles.layer.css';
import 'virtual:theme.css';
import './global.css';
